// SPDX-License-Identifier: Apache-2.0
#include "plugin/descriptor_passing.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstring>

namespace meshhost::plugin {

namespace {

/// One descriptor needs one byte to travel with.
struct carrier {
    char byte = 0;
    iovec part{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};

    carrier() {
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
    }
};

}  // namespace

bool send_descriptor(int socket, int descriptor) noexcept {
    carrier from;
    cmsghdr* const header = CMSG_FIRSTHDR(&from.message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return ::sendmsg(socket, &from.message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

unique_fd receive_descriptor(int socket) noexcept {
    carrier to;
    if (::recvmsg(socket, &to.message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != 1) return {};
    const cmsghdr* const header = CMSG_FIRSTHDR(&to.message);
    const bool is_one = header != nullptr && header->cmsg_level == SOL_SOCKET
                        && header->cmsg_type == SCM_RIGHTS
                        && header->cmsg_len == CMSG_LEN(sizeof(int));
    if (!is_one) return {};
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return unique_fd(descriptor);
}

}  // namespace meshhost::plugin
