// SPDX-License-Identifier: Apache-2.0
#include "net/error_queue.hpp"

#include "net/control_messages.hpp"
#include "net/socket_address.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace meshhost::net {

namespace {

/// Taken at a time: a flood of them must not hold up what else the loop has to do.
constexpr int batch_max = 64;
/// For the error, who said so, and what else is told of the datagram.
constexpr std::size_t error_control_bytes = 256;

/// Said by a host of its own port: not by a router of the host.
bool is_port_refusal(const cmsghdr& message) noexcept {
    const bool is_error =
        (message.cmsg_level == IPPROTO_IP && message.cmsg_type == IP_RECVERR)
        || (message.cmsg_level == IPPROTO_IPV6 && message.cmsg_type == IPV6_RECVERR);
    if (!is_error) return false;
    const auto error = control_value<sock_extended_err>(message);
    if (!error || error->ee_errno != ECONNREFUSED) return false;
    return error->ee_origin == SO_EE_ORIGIN_ICMP || error->ee_origin == SO_EE_ORIGIN_ICMP6;
}

}  // namespace

bool keep_errors(int descriptor, bool is_v4) noexcept {
    const int on = 1;
    return is_v4 ? ::setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on) == 0
                 : ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on) == 0;
}

bool may_be_an_earlier_one(int error) noexcept {
    switch (error) {
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPROTO:
    case EACCES:
    case EMSGSIZE:
        return true;
    default:
        return false;
    }
}

error_batch take_errors(int descriptor) {
    error_batch batch;
    for (int i = 0; i < batch_max; ++i) {
        socket_address to;
        alignas(cmsghdr) std::array<unsigned char, error_control_bytes> control;
        msghdr header{};
        header.msg_name = to.data();
        header.msg_namelen = socket_address::size_max;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
        if (::recvmsg(descriptor, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
            batch.is_drained = true;
            return batch;
        }
        bool is_refused = false;
        for (cmsghdr* at = CMSG_FIRSTHDR(&header); at != nullptr; at = CMSG_NXTHDR(&header, at))
            is_refused = is_refused || is_port_refusal(*at);
        const auto where = header.msg_namelen > 0 ? to.endpoint() : std::nullopt;
        auto& known = batch.refused;
        if (!is_refused || !where) continue;
        if (std::find(known.begin(), known.end(), *where) == known.end()) known.push_back(*where);
    }
    return batch;
}

}  // namespace meshhost::net
