// SPDX-License-Identifier: Apache-2.0
#pragma once
// A connection that has become a WebSocket (RFC 6455): texts both ways, as the rest of the host
// sees it.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace meshhost::http {

/// Our end. Calls after the client has gone do nothing. One thread: the shard's.
class websocket {
public:
    virtual ~websocket() = default;

    /// Queues one text. Several clients may be sent the same one.
    virtual void send(std::shared_ptr<const std::string> text) = 0;
    /// Bytes that were sent and that the client has not taken yet. The caller bounds them: it looks
    /// at this before it sends.
    virtual std::size_t waiting() const = 0;
    /// Ends it once what was sent is written, with the status `code` (RFC 6455 section 7.4).
    virtual void close(unsigned code, std::string_view reason) = 0;
    /// Ends it at once, and lets go of what is waiting. on_closed() comes from within.
    virtual void cut_off() = 0;
};

/// Whoever speaks with the client; held by the connection.
class websocket_handler {
public:
    virtual ~websocket_handler() = default;

    virtual void on_open(std::shared_ptr<websocket> to) = 0;
    /// At most websocket_text_max bytes.
    virtual void on_text(std::string_view text) = 0;
    /// All that was sent has been written.
    virtual void on_drained() = 0;
    /// Last, exactly once if on_open was called.
    virtual void on_closed() = 0;
};

inline constexpr std::size_t websocket_text_max = 16u << 10;  ///< of a text from a client

struct websocket_offer {
    std::shared_ptr<websocket_handler> handler;  ///< nullptr: none
    std::string subprotocol;                     ///< that is spoken; empty: none is named
};

}  // namespace meshhost::http
