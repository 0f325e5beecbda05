// SPDX-License-Identifier: Apache-2.0
#pragma once
// One QUIC connection to one authenticated endpoint on one ALPN.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"
#include "quic/close_reason.hpp"
#include "quic/handshake_kind.hpp"
#include "quic/liveness.hpp"
#include "transport/stream.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace meshhost::transport {

using quic::close_cause;
using quic::close_reason;
using quic::handshake_kind;
using quic::liveness_terms;

/// What to tell a person about a connection that could not be made: code, cause, remedy.
failure explain(const close_reason& reason, const identity::endpoint_id& peer);

/// How a path came about, in the words every log, table and metric uses. Settled for good.
enum class path_kind : std::uint8_t { unknown, direct, relayed };

struct path_info {
    path_kind kind = path_kind::unknown;
    std::string reason;                 ///< "same_host", "punched", "nat_symmetric_both", ...
    std::optional<ip_endpoint> remote;  ///< of a direct path
    std::string relay;                  ///< its URL, of a relayed path
    duration rtt{};                     ///< smoothed, RFC 9002
    duration rtt_min{};
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::size_t mtu = 0;  ///< UDP payload bytes
};

class connection;

/// The user of one connection. Called on the shard's thread, never from inside a call on the
/// connection.
class connection_handler {
public:
    virtual ~connection_handler() = default;

    /// The handshake is complete and the peer is who it should be. Dialled connections only.
    virtual void on_connected(connection&) {}
    /// The peer opened a stream. Set its handler before returning, or it is reset.
    virtual void on_stream(connection&, std::shared_ptr<stream> opened) = 0;
    /// A QUIC DATAGRAM frame (RFC 9221), valid during the call only.
    virtual void on_datagram(connection&, bytes_view) {}
    /// Once for each connection::notify_send_low().
    virtual void on_send_low(connection&) {}
    /// The peer allows more streams: open_uni() may do what it would not before.
    virtual void on_streams_granted(connection&) {}
    /// Exactly once, last: also for a dial that failed.
    virtual void on_closed(connection&, const close_reason&) {}
};

/// A handle. Dropping it does not close the connection; close() does. One thread: the shard's.
class connection : public std::enable_shared_from_this<connection> {
public:
    virtual ~connection() = default;

    virtual const identity::endpoint_id& remote_id() const noexcept = 0;
    virtual const std::string& alpn() const noexcept = 0;
    virtual bool is_dialled() const noexcept = 0;
    virtual bool is_connected() const noexcept = 0;  ///< handshake complete and not closed
    virtual bool is_closed() const noexcept = 0;
    virtual handshake_kind handshake() const noexcept = 0;  ///< pending when closed
    virtual path_info path() const = 0;

    virtual void set_handler(std::shared_ptr<connection_handler> handler) = 0;

    /// nullptr when the peer's stream limit is reached, or the connection is closed, or it is
    /// still being dialled and sends no early data.
    virtual std::shared_ptr<stream> open_bidi(std::shared_ptr<stream_handler> handler) = 0;
    virtual std::shared_ptr<stream> open_uni(std::shared_ptr<stream_handler> handler) = 0;

    /// What the send buffers of all its streams hold: not sent, or sent and not acknowledged.
    virtual std::size_t send_bytes() const noexcept = 0;
    /// on_send_low() when acknowledgements have brought send_bytes() down to `bytes`: for who
    /// spreads one peer's share over many streams.
    virtual void notify_send_low(std::size_t bytes) = 0;

    /// The largest DATAGRAM frame payload now; 0 when the peer takes none.
    virtual std::size_t datagram_size_max() const noexcept = 0;
    /// false: too large, or 64 are waiting already. Unreliable once sent.
    virtual bool send_datagram(bytes_view data) = 0;

    // When silence ends it, sooner than the endpoint's idle timeout. Of a connection that is up.
    /// Asks the peer whenever it was silent for terms.ping_every, in place of keep-alives; ends as
    /// close_cause::unresponsive when nothing comes within terms.answer_within.
    virtual void watch_liveness(const liveness_terms& terms) = 0;
    /// Asks now, unless a question is under way; an unwatched connection with the default terms.
    virtual void probe_now() = 0;
    /// In place of the endpoint's; zero: none. No longer than leaves two tries within the idle
    /// timeout.
    virtual void set_keep_alive(duration interval) = 0;

    /// Bytes that both ends can make and nobody else (RFC 5705). In on_connected(), or when a
    /// peer's connection comes; nullopt later.
    virtual std::optional<std::array<std::uint8_t, 32>> export_secret(std::string_view /*label*/
    ) const {
        return std::nullopt;
    }

    /// Idempotent. Stream data not yet sent is dropped; on_closed follows in the same loop turn.
    virtual void close(std::uint64_t code, std::string_view reason) = 0;
};

}  // namespace meshhost::transport
