// SPDX-License-Identifier: Apache-2.0
#pragma once
// A UDP socket that moves datagrams in batches: recvmmsg with UDP_GRO, sendmsg with UDP_SEGMENT
// where the kernel has them, one datagram a call where it has not; ECN marks both ways (RFC 3168).
// Knows nothing of QUIC.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace meshhost::net {

/// The two low bits of the IP traffic class.
enum class ecn_mark : std::uint8_t { not_ect = 0, ect1 = 1, ect0 = 2, ce = 3 };

/// One datagram, or several of `segment_size` bytes (the last may be shorter) from one sender
/// with one mark. `data` is valid, and may be written to, during the call only.
struct received_datagrams {
    const ip_endpoint& from;
    const ip_endpoint& to;  ///< the address asked, port 0; told by wildcard sockets alone
    std::span<std::uint8_t> data;
    std::size_t segment_size;
    ecn_mark ecn;
};

/// One datagram, or several of `segment_size` bytes back to back, all to one receiver.
/// At most 64 segments and 65,507 bytes.
struct outgoing_datagrams {
    const ip_endpoint& to;
    bytes_view data;
    std::size_t segment_size;
    ecn_mark ecn;
    /// The address of ours to send from, its port ignored; null, or gone from this machine: the
    /// kernel chooses. For wildcard sockets.
    const ip_endpoint* from = nullptr;
};

class receive_sink {
public:
    virtual void on_datagrams(const received_datagrams& batch) = 0;

protected:
    ~receive_sink() = default;
};

struct udp_options {
    bool segmentation_offload = true;     ///< GSO and GRO, where the kernel has them
    std::size_t buffer_bytes = 4u << 20;  ///< SO_RCVBUF and SO_SNDBUF asked for; the kernel caps it
};

enum class send_status {
    sent,
    would_block,  ///< nothing was sent: try again when the socket is writable
    dropped,  ///< the kernel refused it for this destination (unreachable, too long): as if lost
    broken,   ///< the socket's own address is gone: rebind
};

/// Non-blocking; not thread-safe; closes with its owner. The local endpoint never changes.
class udp_socket {
public:
    /// Binds. IPv6 sockets are v6-only. Errors: E_PORT_TAKEN, E_PORT_FORBIDDEN (not_permitted),
    /// E_NO_SUCH_ADDRESS, E_NO_ADDRESS_FAMILY, E_BIND.
    static outcome<udp_socket> bind(const ip_endpoint& local, const udp_options& options = {});

    udp_socket(udp_socket&&) noexcept;
    udp_socket& operator=(udp_socket&&) noexcept;
    ~udp_socket();

    int native_handle() const noexcept;
    const ip_endpoint& local() const noexcept;
    bool offloads_segmentation() const noexcept;

    /// Hands over what is waiting, at most `rounds_max` system calls' worth; true when the socket
    /// has been drained, false when more may be waiting. The sink may send, but neither receive
    /// on this thread nor destroy the socket. What came truncated is dropped.
    bool receive(receive_sink& sink, std::size_t rounds_max = 16);

    /// The network had something to say of what was sent. Also when send() came across it: the
    /// socket becomes readable then.
    bool has_errors() const noexcept;
    /// Whom it said to have no such port since the last call, each once; at most some.
    std::vector<ip_endpoint> take_refused();

    /// A batch of which the kernel took only the first datagrams counts as sent: the rest is
    /// lost, as in any full queue.
    send_status send(const outgoing_datagrams& datagrams);

private:
    struct state;
    explicit udp_socket(std::unique_ptr<state> made);
    int try_to_send(const outgoing_datagrams& datagrams);
    std::unique_ptr<state> state_;
};

}  // namespace meshhost::net
