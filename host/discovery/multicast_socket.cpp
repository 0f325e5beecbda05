// SPDX-License-Identifier: Apache-2.0
#include "discovery/multicast_socket.hpp"

#include "discovery/proto/local_record.hpp"
#include "net/control_messages.hpp"
#include "net/socket_address.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace meshhost::discovery {

namespace {

const ip_endpoint group_v4 = ip_endpoint::v4({224, 0, 0, 251}, proto::mdns_port);
const ip_endpoint group_v6 =
    ip_endpoint::v6({0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfb}, proto::mdns_port);

const ip_endpoint& group_of(ip_family family) {
    return family == ip_family::v4 ? group_v4 : group_v6;
}

template <class T>
bool set(int fd, int level, int option, T value) {
    return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

bool set_up_v4(int fd) {
    return set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) && set(fd, IPPROTO_IP, IP_PKTINFO, 1)
           && set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 1)
           && set(fd, IPPROTO_IP, IP_MULTICAST_TTL, 255);
}

bool set_up_v6(int fd) {
    return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) && set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0)
           && set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
           && set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1)
           && set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255);
}

failure socket_failure(ip_family family, int error) {
    return {
        exit_code::failure,
        "E_MDNS_SOCKET",
        std::string("cannot listen for hosts on this network by IPv")
            + (family == ip_family::v4 ? "4: " : "6: ") + std::generic_category().message(error),
        "another program may hold UDP port 5353 for itself; discovery.mdns = false does without"};
}

bool came_to_group(msghdr& head, ip_family family) {
    for (cmsghdr* at = CMSG_FIRSTHDR(&head); at != nullptr; at = CMSG_NXTHDR(&head, at)) {
        if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO) {
            const auto info = net::control_value<in_pktinfo>(*at);
            return info && family == ip_family::v4
                   && std::memcmp(&info->ipi_addr, group_v4.address.data(), 4) == 0;
        }
        if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO) {
            const auto info = net::control_value<in6_pktinfo>(*at);
            return info && std::memcmp(&info->ipi6_addr, group_v6.address.data(), 16) == 0;
        }
    }
    return false;
}

}  // namespace

outcome<multicast_socket> multicast_socket::open(ip_family family) {
    const bool is_v4 = family == ip_family::v4;
    const int type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    unique_fd fd(::socket(is_v4 ? AF_INET : AF_INET6, type, 0));
    if (!fd) return socket_failure(family, errno);
    // Both: some of those who listen there set one of them, some the other.
    const bool is_shared =
        set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1) && set(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
    if (!is_shared || !(is_v4 ? set_up_v4(fd.get()) : set_up_v6(fd.get())))
        return socket_failure(family, errno);
    net::socket_address local(
        is_v4 ? ip_endpoint::any_v4(proto::mdns_port) : ip_endpoint::any_v6(proto::mdns_port)
    );
    if (::bind(fd.get(), local.data(), local.size()) != 0) return socket_failure(family, errno);
    return multicast_socket(std::move(fd), family);
}

bool multicast_socket::set_membership(unsigned interface, bool is_member) const {
    if (family_ == ip_family::v4) {
        ip_mreqn request{};
        std::memcpy(&request.imr_multiaddr, group_v4.address.data(), 4);
        request.imr_ifindex = static_cast<int>(interface);
        const int option = is_member ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;
        return set(fd_.get(), IPPROTO_IP, option, request);
    }
    ipv6_mreq request{};
    std::memcpy(&request.ipv6mr_multiaddr, group_v6.address.data(), 16);
    request.ipv6mr_interface = interface;
    const int option = is_member ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP;
    return set(fd_.get(), IPPROTO_IPV6, option, request);
}

void multicast_socket::join(const std::vector<multicast_interface>& interfaces) {
    for (const multicast_interface& left : joined_) {
        const bool is_gone =
            std::none_of(interfaces.begin(), interfaces.end(), [&](const auto& one) {
                return one.index == left.index;
            });
        if (is_gone) set_membership(left.index, false);
    }
    std::vector<multicast_interface> now;
    for (const multicast_interface& wanted : interfaces) {
        // An interface that went away and came back has forgotten us; one that did not says so.
        if (set_membership(wanted.index, true) || errno == EADDRINUSE) now.push_back(wanted);
    }
    joined_ = std::move(now);
}

void multicast_socket::send(bytes_view message) const {
    iovec part{const_cast<std::uint8_t*>(message.data()), message.size()};
    for (const multicast_interface& out : joined_) {
        net::socket_address to(group_of(family_));
        net::control_messages control;
        if (family_ == ip_family::v4) {
            in_pktinfo info{};
            info.ipi_ifindex = static_cast<int>(out.index);
            // Without it what leaves by the loopback device comes from nowhere.
            std::memcpy(&info.ipi_spec_dst, out.address.address.data(), 4);
            control.add(IPPROTO_IP, IP_PKTINFO, info);
        } else {
            in6_pktinfo info{};
            info.ipi6_ifindex = out.index;
            control.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
        }
        msghdr head{};
        head.msg_name = to.data();
        head.msg_namelen = to.size();
        head.msg_iov = &part;
        head.msg_iovlen = 1;
        control.attach_to(head);
        [[maybe_unused]] const ssize_t sent = ::sendmsg(fd_.get(), &head, MSG_DONTWAIT);
    }
}

std::optional<multicast_socket::received> multicast_socket::receive() {
    for (;;) {
        net::socket_address from;
        iovec part{buffer_.data(), buffer_.size()};
        alignas(cmsghdr) std::array<unsigned char, net::control_bytes_max> control;
        msghdr head{};
        head.msg_name = from.data();
        head.msg_namelen = net::socket_address::size_max;
        head.msg_iov = &part;
        head.msg_iovlen = 1;
        head.msg_control = control.data();
        head.msg_controllen = control.size();
        const ssize_t size = ::recvmsg(fd_.get(), &head, MSG_DONTWAIT);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return std::nullopt;
        const auto sender = from.endpoint();
        const bool is_whole = (head.msg_flags & MSG_TRUNC) == 0;
        if (!sender || !is_whole || !came_to_group(head, family_)) return received{};
        return received{*sender, bytes_view(buffer_).first(static_cast<std::size_t>(size))};
    }
}

}  // namespace meshhost::discovery
