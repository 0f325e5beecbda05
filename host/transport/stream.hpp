// SPDX-License-Identifier: Apache-2.0
#pragma once
// One QUIC stream (RFC 9000 §2) as the rest of the host uses it: bytes pushed in with credit to
// give back, bytes written out as far as they fit.
#include "base/bytes.hpp"
#include "base/strong_id.hpp"

#include <cstdint>
#include <memory>

namespace meshhost::transport {

class connection;
class stream;

enum class stream_end : std::uint8_t {
    finished,         ///< both directions ended in order
    reset_by_peer,    ///< RESET_STREAM; `code` is the peer's
    stopped_by_peer,  ///< STOP_SENDING; `code` is the peer's
    reset_locally,
    connection_closed,
};

/// The user of one stream. Called on the shard's thread; may call anything on the stream and its
/// connection, close() included.
class stream_handler {
public:
    virtual ~stream_handler() = default;

    /// Bytes in order, valid during the call only. The sender's window shrinks by data.size()
    /// until stream::consume gives it back: a handler that does not consume stops the sender.
    virtual void on_data(stream& from, bytes_view data, bool fin) = 0;
    /// A write that took less than it was given can go on.
    virtual void on_writable(stream&) {}
    /// Exactly once, last. `code` is 0 unless the peer sent one.
    virtual void on_closed(stream&, stream_end, std::uint64_t code) { (void)code; }
};

/// A handle: keeps nothing alive but itself; every call on a closed stream does nothing.
/// One thread: the shard's.
class stream : public std::enable_shared_from_this<stream> {
public:
    virtual ~stream() = default;

    virtual stream_id id() const noexcept = 0;
    virtual bool is_bidi() const noexcept = 0;
    virtual bool is_open() const noexcept = 0;
    /// nullptr after the connection is gone.
    virtual connection* owner() noexcept = 0;

    /// Replaces the handler.
    virtual void set_handler(std::shared_ptr<stream_handler> handler) = 0;

    /// Takes as much of `data` as fits in the stream's send buffer (1 MiB) and says how much.
    /// With `fin`, ends the sending side once all of `data` was taken.
    virtual std::size_t write(bytes_view data, bool fin = false) = 0;
    /// Gives `bytes` of flow-control credit back to the sender.
    virtual void consume(std::size_t bytes) = 0;
    /// Abandons sending: RESET_STREAM with `code`.
    virtual void reset(std::uint64_t code) = 0;
    /// Abandons receiving: STOP_SENDING with `code`.
    virtual void stop(std::uint64_t code) = 0;
};

}  // namespace meshhost::transport
