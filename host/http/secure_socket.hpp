// SPDX-License-Identifier: Apache-2.0
#pragma once
// An accepted socket under TLS, as Asio and Beast want a stream. What TLS does is tls_session's;
// this waits for the socket, and for no longer than it is given.
#include "base/bytes.hpp"
#include "base/time.hpp"
#include "net/io_step.hpp"
#include "net/tls_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

namespace meshhost::net {
class tls_server_context;
}  // namespace meshhost::net

namespace meshhost::http {

using stream_socket = boost::asio::generic::stream_protocol::socket;

/// Shared with the operations under way, one read and one write at most. One thread: the shard's.
class secure_socket : public std::enable_shared_from_this<secure_socket> {
public:
    secure_socket(stream_socket socket, const net::tls_server_context& tls);

    stream_socket& socket() noexcept { return socket_; }

    /// Until then what is under way has to be done, or the socket is closed. From now on.
    void expires_after(duration limit);
    void expires_never() { deadline_.cancel(); }

    /// Tells the other end that nothing follows; best effort.
    void say_end();
    void close();

    /// Completes with (error_code, 0).
    template <class Handler>
    void async_handshake(Handler&& handler) {
        launch({weak_from_this().lock(), kind::handshake}, std::forward<Handler>(handler));
    }
    /// Some of what there is. `into` is not empty, and stays.
    template <class Handler>
    void async_read(std::span<std::uint8_t> into, Handler&& handler) {
        launch({weak_from_this().lock(), kind::read, into}, std::forward<Handler>(handler));
    }
    /// As one piece: the first, or as many small ones as have room in gathered_max, copied. Good
    /// for the next async_write().
    template <class Buffers>
    bytes_view one_of(const Buffers& buffers) {
        namespace asio = boost::asio;
        const auto end = asio::buffer_sequence_end(buffers);
        auto at = asio::buffer_sequence_begin(buffers);
        while (at != end && asio::const_buffer(*at).size() == 0)
            ++at;
        if (at == end) return {};
        const asio::const_buffer first = *at;
        const bool is_alone = std::next(at) == end || first.size() >= gathered_max;
        if (is_alone) return {static_cast<const std::uint8_t*>(first.data()), first.size()};
        gathered_.resize(std::min(asio::buffer_size(buffers), gathered_max));
        asio::buffer_copy(asio::buffer(gathered_), buffers);
        return gathered_;
    }
    /// Some of `from`, which stays.
    template <class Handler>
    void async_write(bytes_view from, Handler&& handler) {
        launch({weak_from_this().lock(), kind::write, {}, from}, std::forward<Handler>(handler));
    }

private:
    enum class kind { handshake, read, write };

    /// One of the operations, from one attempt to the next.
    struct operation {
        std::shared_ptr<secure_socket> of;
        kind what;
        std::span<std::uint8_t> into = {};
        bytes_view from = {};
        std::size_t count = 0;      ///< bytes read or taken
        bool is_initiating = true;  ///< then nothing may be told yet
        bool is_told = false;       ///< all is done but the telling
        boost::system::error_code verdict = {};

        template <class Self>
        void operator()(Self& self, boost::system::error_code ec = {}) {
            using boost::asio::socket_base;
            if (ec) verdict = ec;
            const auto next = verdict || is_told ? net::io_state::done : of->attempt(*this);
            const bool is_first = std::exchange(is_initiating, false);
            auto& socket = of->socket_;
            if (next == net::io_state::wants_read)
                return socket.async_wait(socket_base::wait_read, std::move(self));
            if (next == net::io_state::wants_write)
                return socket.async_wait(socket_base::wait_write, std::move(self));
            if (!is_first) return self.complete(verdict, count);
            is_told = true;
            boost::asio::post(socket.get_executor(), std::move(self));
        }
    };

    template <class Handler>
    void launch(operation what, Handler&& handler) {
        boost::asio::async_compose<Handler, void(boost::system::error_code, std::size_t)>(
            std::move(what),
            handler,
            socket_
        );
    }

    /// What it waits for; done: nothing, and its verdict stands.
    net::io_state attempt(operation& what);

    static constexpr std::size_t gathered_max = 4u << 10;  ///< the head of an answer, usually

    stream_socket socket_;
    byte_buffer gathered_;  ///< until it is written
    std::unique_ptr<net::tls_session> session_;
    boost::asio::steady_timer deadline_;
};

}  // namespace meshhost::http
