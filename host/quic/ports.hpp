// SPDX-License-Identifier: Apache-2.0
#pragma once
// The three seams of the QUIC core: datagrams and paths below it, connections and the endpoint's
// bookkeeping above it. Each is implemented by transport/, and by the simulator in tests.
#include "base/bytes.hpp"
#include "base/ip_endpoint.hpp"
#include "base/strong_id.hpp"
#include "identity/endpoint_id.hpp"
#include "quic/close_reason.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace meshhost::quic {

class quic_connection;

/// One datagram, or several of `segment_size` bytes back to back, all on one path.
struct outgoing {
    path_id path;
    bytes_view data;
    std::size_t segment_size;
    std::uint8_t ecn;  ///< the two ECN bits (RFC 3168)
};

/// The way out, and what paths are used for.
class datagram_port {
public:
    /// false: taken, but the way out is full: nothing more until endpoint_core::resume().
    virtual bool send(const outgoing& datagrams) = 0;
    /// A connection began, or stopped, to use a path: it must stay known meanwhile.
    virtual void retain(path_id path) = 0;
    virtual void release(path_id path) = 0;
    /// A dial over several addresses was answered over `answered`: send there alone from now on.
    virtual void settle(path_id dialled, path_id answered) = 0;
    /// Where it leads: what address-validation tokens are bound to, and what a client knows its
    /// server by. Unspecified for a dial over several addresses.
    virtual ip_endpoint address_of(path_id path) const = 0;

protected:
    ~datagram_port() = default;
};

enum class stream_event_kind : std::uint8_t {
    opened,    ///< by the peer
    writable,  ///< a write that took less than it was given can go on
    reset,     ///< by the peer, with `code`
    stopped,   ///< the peer wants no more of it
    closed,    ///< both directions are done; the id is gone after this call
};

struct stream_event {
    stream_id stream;
    stream_event_kind kind;
    std::uint64_t code = 0;

    friend bool operator==(const stream_event&, const stream_event&) = default;
};

/// The user of one connection. Every call comes from inside endpoint_core::receive, flush or
/// on_deadline; calls back into the connection are allowed.
class connection_sink {
public:
    virtual void on_connected() = 0;  ///< dialled connections only
    virtual void on_stream_data(stream_id stream, bytes_view data, bool fin) = 0;
    virtual void on_stream_event(const stream_event& event) = 0;
    virtual void on_datagram(bytes_view data) = 0;
    virtual void on_send_low() {}         ///< what quic_connection::notify_send_low() asked for
    virtual void on_streams_granted() {}  ///< the peer allows more unidirectional streams of ours
    /// What quic_connection::check_path() asked for, or the peer did by moving there: it leads to
    /// the peer and is in use from now on, or does not and is not.
    virtual void on_path_checked(path_id /*path*/, bool /*works*/) {}
    virtual void on_closed(const close_reason& reason) = 0;  ///< the last call

protected:
    ~connection_sink() = default;
};

/// The endpoint above the core.
class endpoint_sink {
public:
    /// May data of a 0-RTT request on this ALPN be handed over before the handshake is done?
    virtual bool is_replay_safe(std::string_view alpn) const = 0;
    /// A peer connected to us. nullptr: refuse it.
    virtual connection_sink* on_incoming(quic_connection& connection) = 0;
    /// Something was queued outside receive() and on_deadline(): call flush() soon.
    virtual void on_flush_wanted() = 0;

protected:
    ~endpoint_sink() = default;
};

}  // namespace meshhost::quic
