// SPDX-License-Identifier: Apache-2.0
#pragma once
// Ancillary data of sendmsg and recvmsg (RFC 3542 §20, cmsg(3)): written into a small buffer on
// the stack, read without trusting alignment.
#include "base/assert.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <optional>

namespace meshhost::net {

/// Room for what one of our datagrams can carry: a traffic class, a segment size, an own address.
inline constexpr std::size_t control_bytes_max =
    2 * CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(in6_pktinfo));

class control_messages {
public:
    template <class T>
    void add(int level, int type, T value) noexcept {
        MH_ASSERT(
            used_ + CMSG_SPACE(sizeof value) <= bytes_.size(),
            "control data has three values"
        );
        cmsghdr head{};
        head.cmsg_len = CMSG_LEN(sizeof value);
        head.cmsg_level = level;
        head.cmsg_type = type;
        std::memcpy(bytes_.data() + used_, &head, sizeof head);
        std::memcpy(bytes_.data() + used_ + CMSG_LEN(0), &value, sizeof value);
        used_ += CMSG_SPACE(sizeof value);
    }

    /// `message` refers to this object from now on.
    void attach_to(msghdr& message) noexcept {
        message.msg_control = used_ == 0 ? nullptr : bytes_.data();
        message.msg_controllen = used_;
    }

private:
    alignas(cmsghdr) std::array<unsigned char, control_bytes_max> bytes_{};
    std::size_t used_ = 0;
};

/// The value of one control message as a T; nullopt when it is too short to hold one.
template <class T>
std::optional<T> control_value(const cmsghdr& message) noexcept {
    if (message.cmsg_len < CMSG_LEN(sizeof(T))) return std::nullopt;
    T value;
    std::memcpy(&value, CMSG_DATA(&message), sizeof value);
    return value;
}

}  // namespace meshhost::net
