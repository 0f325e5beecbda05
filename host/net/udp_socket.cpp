// SPDX-License-Identifier: Apache-2.0
#include "net/udp_socket.hpp"

#include "base/assert.hpp"
#include "base/unique_fd.hpp"
#include "net/control_messages.hpp"
#include "net/error_queue.hpp"
#include "net/receive_buffers.hpp"
#include "net/socket_address.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace meshhost::net {

namespace {

constexpr std::size_t segments_max = 64;         // the kernel's UDP_MAX_SEGMENTS
constexpr std::size_t train_bytes_max = 65'507;  // the largest UDP payload over IPv4

int family_of(const ip_endpoint& endpoint) noexcept {
    return endpoint.is_v4() ? AF_INET : AF_INET6;
}

bool set_option(int descriptor, int level, int name, int value) noexcept {
    return ::setsockopt(descriptor, level, name, &value, sizeof value) == 0;
}

failure bind_failure(const ip_endpoint& local, int error) {
    const std::string where = local.to_string();
    switch (error) {
    case EADDRINUSE:
        return {
            exit_code::failure,
            "E_PORT_TAKEN",
            "UDP " + where + " is in use by another process",
            "another meshhost? stop it, or choose [net] port = 0 for any free port"};
    case EACCES:
    case EPERM:
        return {
            exit_code::not_permitted,
            "E_PORT_FORBIDDEN",
            "not allowed to bind UDP " + where,
            "choose a [net] port above 1023, or grant CAP_NET_BIND_SERVICE"};
    case EADDRNOTAVAIL:
        return {
            exit_code::failure,
            "E_NO_SUCH_ADDRESS",
            "this machine has no address " + where,
            "`ip address` lists what it has; [net] bind takes one of those, or 0.0.0.0 and ::"};
    case EAFNOSUPPORT:
        return {
            exit_code::failure,
            "E_NO_ADDRESS_FAMILY",
            std::string(local.is_v4() ? "IPv4" : "IPv6") + " is not available on this machine",
            "bind an address of the other family in [net] bind"};
    default:
        return {
            exit_code::failure,
            "E_BIND",
            "cannot bind UDP " + where + ": " + std::generic_category().message(error),
            ""};
    }
}

/// What QUIC cannot do without: one family a socket, and no fragments (RFC 9000 §14).
bool require_options(int descriptor, const ip_endpoint& local) noexcept {
    if (local.is_v4()) {
        return set_option(descriptor, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
    }
    return set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1)
           && set_option(descriptor, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
}

/// What makes it better and may be refused: marks and the address asked on arrival, large buffers.
void request_options(
    int descriptor,
    const ip_endpoint& local,
    const udp_options& options
) noexcept {
    local.is_v4() ? set_option(descriptor, IPPROTO_IP, IP_RECVTOS, 1)
                  : set_option(descriptor, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
    if (local.is_unspecified()) {
        local.is_v4() ? set_option(descriptor, IPPROTO_IP, IP_PKTINFO, 1)
                      : set_option(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    }
    keep_errors(descriptor, local.is_v4());
    constexpr std::size_t asked_max = 1u << 30;
    const int bytes = static_cast<int>(std::min(options.buffer_bytes, asked_max));
    set_option(descriptor, SOL_SOCKET, SO_RCVBUF, bytes);
    set_option(descriptor, SOL_SOCKET, SO_SNDBUF, bytes);
}

bool kernel_segments(int descriptor) noexcept {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, IPPROTO_UDP, UDP_SEGMENT, &value, &size) == 0;
}

void add_ecn(control_messages& control, const outgoing_datagrams& datagrams) noexcept {
    if (datagrams.ecn == ecn_mark::not_ect) return;
    const int mark = static_cast<int>(datagrams.ecn);
    datagrams.to.is_v4() ? control.add(IPPROTO_IP, IP_TOS, mark)
                         : control.add(IPPROTO_IPV6, IPV6_TCLASS, mark);
}

void add_source(control_messages& control, const outgoing_datagrams& datagrams) noexcept {
    if (datagrams.from == nullptr) return;
    const auto& address = datagrams.from->address;
    if (datagrams.to.is_v4()) {
        in_pktinfo info{};
        std::memcpy(&info.ipi_spec_dst, address.data(), sizeof info.ipi_spec_dst);
        control.add(IPPROTO_IP, IP_PKTINFO, info);
    } else {
        in6_pktinfo info{};
        std::memcpy(&info.ipi6_addr, address.data(), sizeof info.ipi6_addr);
        control.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
    }
}

msghdr header_to(socket_address& to) noexcept {
    msghdr header{};
    header.msg_name = to.data();
    header.msg_namelen = to.size();
    return header;
}

iovec buffer_of(bytes_view data) noexcept {
    return {const_cast<std::uint8_t*>(data.data()), data.size()};  // sendmsg only reads it
}

/// One sendmsg for all of it, a second when the first only told of earlier datagrams, which
/// `is_told` then says. 0 or an errno.
int send_at_once(int descriptor, const outgoing_datagrams& datagrams, bool& is_told) noexcept {
    socket_address to(datagrams.to);
    iovec buffer = buffer_of(datagrams.data);
    control_messages control;
    add_ecn(control, datagrams);
    add_source(control, datagrams);
    if (datagrams.data.size() > datagrams.segment_size) {
        const auto segment_size = static_cast<std::uint16_t>(datagrams.segment_size);
        control.add(IPPROTO_UDP, UDP_SEGMENT, segment_size);
    }
    msghdr header = header_to(to);
    header.msg_iov = &buffer;
    header.msg_iovlen = 1;
    control.attach_to(header);
    if (::sendmsg(descriptor, &header, MSG_DONTWAIT) >= 0) return 0;
    if (!may_be_an_earlier_one(errno)) return errno;
    is_told = true;
    return ::sendmsg(descriptor, &header, MSG_DONTWAIT) < 0 ? errno : 0;
}

/// sendmmsg, one message a segment. 0 when the kernel took the first, else its errno: what it
/// did not take after that is lost, as in any full queue.
int send_one_by_one(int descriptor, const outgoing_datagrams& datagrams, bool& is_told) noexcept {
    socket_address to(datagrams.to);
    control_messages control;
    add_ecn(control, datagrams);
    add_source(control, datagrams);
    msghdr shared = header_to(to);
    shared.msg_iovlen = 1;
    control.attach_to(shared);

    std::array<iovec, segments_max> buffers;
    std::array<mmsghdr, segments_max> messages;
    unsigned count = 0;
    for (bytes_view rest = datagrams.data; !rest.empty(); ++count) {
        const std::size_t size = std::min(rest.size(), datagrams.segment_size);
        buffers[count] = buffer_of(rest.first(size));
        messages[count] = {shared, 0};
        messages[count].msg_hdr.msg_iov = &buffers[count];
        rest = rest.subspan(size);
    }
    unsigned sent = 0;
    bool is_repeated = false;
    while (sent < count) {
        const int taken =
            ::sendmmsg(descriptor, messages.data() + sent, count - sent, MSG_DONTWAIT);
        if (taken >= 0) {
            sent += static_cast<unsigned>(taken);
        } else if (may_be_an_earlier_one(errno) && !std::exchange(is_repeated, true)) {
            is_told = true;
        } else {
            return sent > 0 ? 0 : errno;
        }
    }
    return 0;
}

/// A device that cannot finish checksums says EIO; EINVAL is also said of segments that are too
/// long, so the caller finds out which by sending them one by one.
bool may_be_the_offload(int error) noexcept {
    return error == EIO || error == EINVAL;
}

/// What kernels say of a source address that they do not have, and of other things.
bool may_be_the_source(int error) noexcept {
    return error == EINVAL || error == EADDRNOTAVAIL || error == ENETUNREACH || error == ENODEV;
}

/// Whether the address a socket was bound to has left the machine. Asked by binding it again, on
/// any port: the errors of a send alone also have other causes.
bool address_is_gone(const ip_endpoint& local) noexcept {
    if (local.is_unspecified()) return false;
    const unique_fd other(::socket(family_of(local), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!other) return false;
    ip_endpoint any_port = local;
    any_port.port = 0;
    const socket_address address(any_port);
    return ::bind(other.get(), address.data(), address.size()) != 0 && errno == EADDRNOTAVAIL;
}

send_status status_of(int error, const ip_endpoint& local) noexcept {
    switch (error) {
    case 0:
        return send_status::sent;
    case EAGAIN:
    case ENOBUFS:
        return send_status::would_block;
    // What kernels say of a source address that is gone, and of destinations that are at fault.
    case EINVAL:
    case ENETUNREACH:
    case EADDRNOTAVAIL:
    case ENODEV:
    case ENETDOWN:
        return address_is_gone(local) ? send_status::broken : send_status::dropped;
    default:
        return send_status::dropped;
    }
}

}  // namespace

struct udp_socket::state {
    unique_fd descriptor;
    ip_endpoint local;
    bool segments_out = false;  ///< UDP_SEGMENT works
    bool coalesces_in = false;  ///< UDP_GRO is on
    bool has_errors = false;    ///< in its error queue, perhaps
};

outcome<udp_socket> udp_socket::bind(const ip_endpoint& local, const udp_options& options) {
    auto made = std::make_unique<state>();
    made->descriptor =
        unique_fd(::socket(family_of(local), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP)
        );
    const int descriptor = made->descriptor.get();
    if (!made->descriptor || !require_options(descriptor, local)) {
        return bind_failure(local, errno);
    }
    request_options(descriptor, local, options);
    socket_address address(local);
    if (::bind(descriptor, address.data(), address.size()) != 0) return bind_failure(local, errno);
    socklen_t size = socket_address::size_max;
    if (::getsockname(descriptor, address.data(), &size) != 0) return bind_failure(local, errno);

    made->local = address.endpoint().value_or(local);
    made->segments_out = options.segmentation_offload && kernel_segments(descriptor);
    made->coalesces_in =
        options.segmentation_offload && set_option(descriptor, IPPROTO_UDP, UDP_GRO, 1);
    return udp_socket(std::move(made));
}

udp_socket::udp_socket(std::unique_ptr<state> made)
    : state_(std::move(made)) {}
udp_socket::udp_socket(udp_socket&&) noexcept = default;
udp_socket& udp_socket::operator=(udp_socket&&) noexcept = default;
udp_socket::~udp_socket() = default;

int udp_socket::native_handle() const noexcept {
    return state_->descriptor.get();
}

const ip_endpoint& udp_socket::local() const noexcept {
    return state_->local;
}

bool udp_socket::offloads_segmentation() const noexcept {
    return state_->segments_out;
}

bool udp_socket::receive(receive_sink& sink, std::size_t rounds_max) {
    receive_buffers& buffers = receive_buffers::of_this_thread();
    const slot_layout& layout = state_->coalesces_in ? coalesced_slots : single_slots;
    for (std::size_t round = 0; round < rounds_max; ++round) {
        const int filled = buffers.fill(state_->descriptor.get(), layout);
        if (filled < 0) {
            state_->has_errors = true;
            continue;
        }
        const auto count = static_cast<std::size_t>(filled);
        for (std::size_t i = 0; i < count; ++i)
            buffers.deliver(i, sink);
        // The kernel stopped because the queue was empty: no further call is needed to know it.
        if (count < layout.count) return true;
    }
    return false;
}

bool udp_socket::has_errors() const noexcept {
    return state_->has_errors;
}

std::vector<ip_endpoint> udp_socket::take_refused() {
    error_batch batch = take_errors(state_->descriptor.get());
    state_->has_errors = !batch.is_drained;
    return std::move(batch.refused);
}

send_status udp_socket::send(const outgoing_datagrams& datagrams) {
    MH_ASSERT(datagrams.segment_size > 0, "a datagram has a size");
    MH_ASSERT(datagrams.data.size() <= train_bytes_max, "one batch fits one UDP payload");
    MH_ASSERT(
        datagrams.data.size() <= datagrams.segment_size * segments_max,
        "one batch has at most 64 segments"
    );
    if (datagrams.to.family != state_->local.family) return send_status::dropped;

    int error = try_to_send(datagrams);
    if (datagrams.from != nullptr && may_be_the_source(error)) {
        outgoing_datagrams from_any = datagrams;
        from_any.from = nullptr;
        error = try_to_send(from_any);
    }
    return status_of(error, state_->local);
}

/// 0 or an errno.
int udp_socket::try_to_send(const outgoing_datagrams& datagrams) {
    const int descriptor = state_->descriptor.get();
    const bool is_train = datagrams.data.size() > datagrams.segment_size;
    bool& is_told = state_->has_errors;
    if (is_train && !state_->segments_out) return send_one_by_one(descriptor, datagrams, is_told);
    int error = send_at_once(descriptor, datagrams, is_told);
    if (is_train && may_be_the_offload(error)) {
        error = send_one_by_one(descriptor, datagrams, is_told);
        if (error == 0) state_->segments_out = false;
    }
    return error;
}

}  // namespace meshhost::net
