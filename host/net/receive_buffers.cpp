// SPDX-License-Identifier: Apache-2.0
#include "net/receive_buffers.hpp"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>

#include <cerrno>
#include <cstring>

namespace meshhost::net {

namespace {

struct control_facts {
    std::size_t segment_size = 0;  ///< 0: the message is one datagram
    ecn_mark ecn = ecn_mark::not_ect;
    ip_endpoint to{};  ///< unspecified: not told
};

ip_endpoint asked_address(const in_pktinfo& info) noexcept {
    ip_endpoint to;
    std::memcpy(to.address.data(), &info.ipi_spec_dst, sizeof info.ipi_spec_dst);
    return to;
}

ip_endpoint asked_address(const in6_pktinfo& info) noexcept {
    ip_endpoint to{.family = ip_family::v6};
    std::memcpy(to.address.data(), &info.ipi6_addr, sizeof info.ipi6_addr);
    return to;
}

ecn_mark ecn_of(int traffic_class) noexcept {
    return static_cast<ecn_mark>(traffic_class & IPTOS_ECN_MASK);
}

control_facts read_control(msghdr& message) noexcept {
    control_facts facts;
    for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
        if (at->cmsg_level == IPPROTO_UDP && at->cmsg_type == UDP_GRO) {
            const int size = control_value<int>(*at).value_or(0);
            facts.segment_size = size > 0 ? static_cast<std::size_t>(size) : 0;
        } else if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_TOS) {
            facts.ecn = ecn_of(control_value<std::uint8_t>(*at).value_or(0));
        } else if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_TCLASS) {
            facts.ecn = ecn_of(control_value<int>(*at).value_or(0));
        } else if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO) {
            facts.to = asked_address(control_value<in_pktinfo>(*at).value_or(in_pktinfo{}));
        } else if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO) {
            facts.to = asked_address(control_value<in6_pktinfo>(*at).value_or(in6_pktinfo{}));
        }
    }
    return facts;
}

}  // namespace

receive_buffers& receive_buffers::of_this_thread() {
    thread_local receive_buffers buffers;
    return buffers;
}

// "for overwrite": zeroing would touch every page.
receive_buffers::receive_buffers()
    : memory_(std::make_unique_for_overwrite<std::uint8_t[]>(memory_bytes)) {}

void receive_buffers::prepare(const slot_layout& layout) {
    for (std::size_t i = 0; i < layout.count; ++i) {
        slots_[i] = {memory_.get() + i * layout.bytes, layout.bytes};
        msghdr& header = messages_[i].msg_hdr;
        header.msg_name = senders_[i].data();
        header.msg_namelen = socket_address::size_max;
        header.msg_iov = &slots_[i];
        header.msg_iovlen = 1;
        header.msg_control = controls_[i].bytes.data();
        header.msg_controllen = controls_[i].bytes.size();
    }
}

int receive_buffers::fill(int descriptor, const slot_layout& layout) {
    prepare(layout);
    const auto count = static_cast<unsigned>(layout.count);
    const int filled = ::recvmmsg(descriptor, messages_.data(), count, MSG_DONTWAIT, nullptr);
    if (filled >= 0) return filled;
    return errno == EAGAIN ? 0 : -1;
}

void receive_buffers::deliver(std::size_t index, receive_sink& sink) {
    msghdr& header = messages_[index].msg_hdr;
    const std::size_t length = messages_[index].msg_len;
    if (length == 0 || (header.msg_flags & MSG_TRUNC) != 0) return;
    const std::optional<ip_endpoint> sender = senders_[index].endpoint();
    if (!sender) return;
    const control_facts facts = read_control(header);
    const bool is_train = facts.segment_size > 0 && facts.segment_size < length;
    sink.on_datagrams({
        .from = *sender,
        .to = facts.to,
        .data = {static_cast<std::uint8_t*>(slots_[index].iov_base), length},
        .segment_size = is_train ? facts.segment_size : length,
        .ecn = facts.ecn,
    });
}

}  // namespace meshhost::net
