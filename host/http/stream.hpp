// SPDX-License-Identifier: Apache-2.0
#pragma once
// The byte stream below a session: a unix socket's or TCP's, plain or under TLS.
#include "http/secure_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace meshhost::http {

/// Asio's AsyncStream, and the lowest layer of a Beast stream. Movable while nothing is under way.
class byte_stream {
public:
    using plain_stream = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
    using executor_type = plain_stream::executor_type;

    explicit byte_stream(stream_socket socket)
        : plain_(std::in_place, std::move(socket)) {}
    /// Nothing is read or written before async_handshake() has completed.
    byte_stream(stream_socket socket, const net::tls_server_context& tls)
        : secure_(std::make_shared<secure_socket>(std::move(socket), tls)) {}

    bool is_secure() const noexcept { return secure_ != nullptr; }
    executor_type get_executor() noexcept { return socket().get_executor(); }
    stream_socket& socket() noexcept { return secure_ ? secure_->socket() : plain_->socket(); }

    /// Of what is under way and what begins from now on.
    void expires_after(duration limit) {
        secure_ ? secure_->expires_after(limit) : plain_->expires_after(limit);
    }
    void expires_never() { secure_ ? secure_->expires_never() : plain_->expires_never(); }
    void say_end() {
        if (secure_) secure_->say_end();
    }
    void close() { secure_ ? secure_->close() : plain_->close(); }

    /// Precondition: is_secure().
    template <class Handler>
    void async_handshake(Handler&& handler) {
        secure_->async_handshake(std::forward<Handler>(handler));
    }

    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        if (!secure_) {
            plain_->async_read_some(buffers, std::forward<Handler>(handler));
            return;
        }
        const boost::asio::mutable_buffer into = *boost::asio::buffer_sequence_begin(buffers);
        secure_->async_read(
            {static_cast<std::uint8_t*>(into.data()), into.size()},
            std::forward<Handler>(handler)
        );
    }
    template <class Buffers, class Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        if (!secure_) {
            plain_->async_write_some(buffers, std::forward<Handler>(handler));
            return;
        }
        secure_->async_write(secure_->one_of(buffers), std::forward<Handler>(handler));
    }

private:
    std::optional<plain_stream> plain_;
    std::shared_ptr<secure_socket> secure_;  ///< null: it is plain
};

// What Beast's WebSocket asks of a stream of one's own.

inline void beast_close_socket(byte_stream& of) {
    of.close();
}

template <class Handler>
void async_teardown(boost::beast::role_type role, byte_stream& of, Handler&& handler) {
    of.say_end();
    boost::beast::websocket::async_teardown(role, of.socket(), std::forward<Handler>(handler));
}

}  // namespace meshhost::http
