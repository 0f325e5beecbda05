// SPDX-License-Identifier: Apache-2.0
#pragma once
// HTTP/1.1 (RFC 9112) over a unix socket or TCP, with a limit on everything a client can make us
// hold.
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "http/http_message.hpp"
#include "http/listener.hpp"
#include "http/websocket.hpp"
#include "net/shard.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace meshhost::net {
class tls_server_context;
}  // namespace meshhost::net

namespace meshhost::http {

/// One request being answered: either reply(), or begin_stream(), write()... and finish(). Calls
/// after the client has gone, or the server was closed, do nothing. One thread: the shard's, which
/// outlives it.
class exchange {
public:
    virtual ~exchange() = default;

    virtual void reply(response answer) = 0;

    /// Status 200, chunked: the length is not known yet. `headers` besides those of content and
    /// connection, where the answer goes over HTTP.
    virtual void begin_stream(std::string_view content_type, const header_list& headers) = 0;
    void begin_stream(std::string_view content_type) { begin_stream(content_type, {}); }
    /// false: the client is gone, or reads so slowly that the limit on waiting bytes is reached
    /// and it has been cut off. The caller stops what it was doing for it.
    /// Nothing written asks whether the client is still there.
    virtual bool write(std::string_view data) = 0;
    virtual void finish() = 0;

    /// Bytes of a stream that were written and that the client has not taken yet: who has more
    /// to say than is wanted looks at this before each write.
    virtual std::size_t waiting() const = 0;
    /// `changed` is called when the client has taken what was waiting, and once when it is gone
    /// before reply() or finish(); never from inside a call on the exchange. Replaces the last one.
    virtual void watch(std::function<void()> changed) = 0;
};

/// What of a large body is taken.
struct body_terms {
    std::uint64_t bytes_max = 0;
    std::shared_ptr<void> held = {};       ///< until the request is answered, or its client gone
    std::optional<response> refusal = {};  ///< the answer, instead of taking any of it
};

/// Answers requests. Called on the shard's thread; outlives the server.
class request_handler {
public:
    virtual ~request_handler() = default;

    virtual void on_request(const request& asked, std::shared_ptr<exchange> answer) = 0;

    /// The answer to what is not a request: `status` is 400, 408, 413, 414, 431, 500,
    /// 503 or 505.
    virtual response describe_fault(unsigned status, std::string_view reason) = 0;

    /// A request has a body above body_bytes_max, or does not say how large it is; `asked` has none
    /// yet. nullopt: the usual limit.
    virtual std::optional<body_terms> on_large_body(const request& asked);

    /// A sound request to go on as a WebSocket (RFC 6455). nullptr: it is a request like any other.
    virtual websocket_offer on_upgrade(const request& asked);
};

struct http_limits {
    std::size_t connections_max = 64;
    std::uint32_t header_bytes_max = 16u << 10;
    std::uint64_t body_bytes_max = 64u << 10;
    std::size_t stream_bytes_max = 256u << 10;  ///< written by us, not yet taken by the client
    std::size_t answer_bytes_max = 32u << 20;   ///< being sent to all: large answers wait for room
    duration request_timeout = 10s;             ///< from the first wait to the whole request
    duration write_timeout = 10s;
    duration handshake_timeout = 5s;  ///< of TLS
    /// Connections that are agreeing upon TLS; when there are more, the oldest is dropped.
    std::size_t handshakes_max = 32;
    /// When full, the oldest connection that waits for a request gives way to a new one.
    bool replaces_idle = false;
};

/// Serves from its making until close(), over TLS where a certificate is given. Owned by its user;
/// one thread: the shard's.
class http_server {
public:
    http_server(
        net::shard& shard,
        std::unique_ptr<listener> from,
        request_handler& handler,
        const http_limits& limits = {},
        logger log = {},
        std::shared_ptr<const net::tls_server_context> tls = nullptr
    );
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;
    ~http_server();

    /// Takes no more connections, drops those there are, removes the name. Idempotent.
    void close();

    /// For who comes from now on. Precondition: it was made with one.
    void replace_tls(std::shared_ptr<const net::tls_server_context> tls);

    std::size_t connections() const;
    /// Those of them that have not agreed upon TLS yet.
    std::size_t handshakes() const;

private:
    struct state;
    std::shared_ptr<state> state_;  ///< shared with completions still in flight
};

}  // namespace meshhost::http
