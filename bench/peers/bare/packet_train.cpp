// SPDX-License-Identifier: Apache-2.0
#include "peers/bare/packet_train.hpp"

#include <netinet/udp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <poll.h>

namespace meshhost::bench {

std::span<std::uint8_t> packet_train::room(std::size_t size) {
    if (filled_ + size > buffer_.size()) finish();
    return {buffer_.data() + filled_, size};
}

void packet_train::commit(const sockaddr_in& to, std::size_t size) {
    if (filled_ > 0 && size > segment_size_) {  // a longer one starts a train of its own
        std::uint8_t* const packet = buffer_.data() + filled_;
        finish();
        std::memmove(buffer_.data(), packet, size);
    }
    if (filled_ == 0) segment_size_ = size;
    to_ = to;
    filled_ += size;
    if (size < segment_size_ || filled_ / segment_size_ >= segments_max) finish();
}

void packet_train::finish() {
    if (filled_ == 0) return;
    iovec payload{buffer_.data(), filled_};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control{};
    msghdr message{};
    message.msg_name = &to_;
    message.msg_namelen = sizeof to_;
    message.msg_iov = &payload;
    message.msg_iovlen = 1;
    if (filled_ > segment_size_) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* const head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = IPPROTO_UDP;
        head->cmsg_type = UDP_SEGMENT;
        head->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
        const auto size = static_cast<std::uint16_t>(segment_size_);
        std::memcpy(CMSG_DATA(head), &size, sizeof size);
    }
    filled_ = 0;
    while (::sendmsg(socket_, &message, 0) < 0) {
        if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR) {
            std::perror("sendmsg");
            return;
        }
        pollfd writable{socket_, POLLOUT, 0};
        ::poll(&writable, 1, 1);
    }
}

}  // namespace meshhost::bench
