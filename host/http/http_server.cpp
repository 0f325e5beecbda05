// SPDX-License-Identifier: Apache-2.0
#include "http/http_server.hpp"

#include "http/http_session.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fcntl.h>

#include <algorithm>
#include <vector>

namespace meshhost::http {

namespace {

/// After a failed accept, when the process has run out of descriptors: not at once again.
constexpr auto accept_pause = 100ms;

}  // namespace

struct http_server::state : std::enable_shared_from_this<http_server::state> {
    using protocol = boost::asio::generic::stream_protocol;

    state(
        net::shard& shard,
        std::unique_ptr<listener> claimed,
        request_handler& to,
        const http_limits& given,
        logger sink,
        std::shared_ptr<const net::tls_server_context> certificate
    )
        : acceptor(shard.context())
        , pause(shard.context())
        , name(std::move(claimed))
        , handler(to)
        , limits(given)
        , log(std::move(sink))
        , tls(std::move(certificate)) {
        acceptor.assign(protocol(name->family(), 0), name->release_descriptor());
    }

    void accept();
    void on_accepted(const boost::system::error_code& ec, protocol::socket socket);
    void wait_and_accept();
    byte_stream stream_of(protocol::socket socket) const;
    std::size_t count_open();
    std::size_t count_handshakes() const;
    bool drop_first(bool (http_session::*matches)() const noexcept);
    void close();

    boost::asio::basic_socket_acceptor<protocol> acceptor;
    boost::asio::steady_timer pause;
    std::unique_ptr<listener> name;
    request_handler& handler;
    const http_limits limits;
    logger log;
    std::shared_ptr<const net::tls_server_context> tls;  ///< null: none
    std::vector<std::weak_ptr<http_session>> sessions;   ///< at most connections_max alive
    std::shared_ptr<std::size_t> sent = std::make_shared<std::size_t>(0);
};

void http_server::state::accept() {
    acceptor.async_accept([self = shared_from_this(
                           )](const boost::system::error_code& ec, protocol::socket socket) {
        self->on_accepted(ec, std::move(socket));
    });
}

void http_server::state::on_accepted(const boost::system::error_code& ec, protocol::socket socket) {
    if (!acceptor.is_open()) return;
    if (ec) {
        log.warn("cannot take a connection: {}", ec.message());
        return wait_and_accept();
    }
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);  // no child of the host's speaks there
    const auto session =
        std::make_shared<http_session>(stream_of(std::move(socket)), handler, limits, sent);
    const bool is_full = count_open() >= limits.connections_max;
    if (count_handshakes() >= limits.handshakes_max) drop_first(&http_session::is_shaking_hands);
    if (is_full && !(limits.replaces_idle && drop_first(&http_session::is_idle))) {
        session->refuse(503, "too many connections");
    } else {
        sessions.push_back(session);
        session->start();
    }
    accept();
}

void http_server::state::wait_and_accept() {
    pause.expires_after(accept_pause);
    pause.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
        if (!ec && self->acceptor.is_open()) self->accept();
    });
}

std::size_t http_server::state::count_open() {
    std::erase_if(sessions, [](const auto& session) { return session.expired(); });
    return sessions.size();
}

std::size_t http_server::state::count_handshakes() const {
    return static_cast<std::size_t>(std::count_if(
        sessions.begin(),
        sessions.end(),
        [](const auto& held) {
            const auto session = held.lock();
            return session && session->is_shaking_hands();
        }
    ));
}

byte_stream http_server::state::stream_of(protocol::socket socket) const {
    return tls ? byte_stream(std::move(socket), *tls) : byte_stream(std::move(socket));
}

/// False: there is none like that.
bool http_server::state::drop_first(bool (http_session::*matches)() const noexcept) {
    for (const auto& held : sessions) {
        const auto session = held.lock();
        if (!session || !((*session).*matches)()) continue;
        session->drop();
        return true;
    }
    return false;
}

void http_server::state::close() {
    if (!acceptor.is_open()) return;
    name->remove_name();
    acceptor.close();
    pause.cancel();
    for (const auto& held : sessions)
        if (const auto session = held.lock()) session->drop();
    sessions.clear();
}

http_server::http_server(
    net::shard& shard,
    std::unique_ptr<listener> from,
    request_handler& handler,
    const http_limits& limits,
    logger log,
    std::shared_ptr<const net::tls_server_context> tls
)
    : state_(std::make_shared<
             state>(shard, std::move(from), handler, limits, std::move(log), std::move(tls))) {
    state_->accept();
}

http_server::~http_server() {
    close();
}

void http_server::close() {
    state_->close();
}

void http_server::replace_tls(std::shared_ptr<const net::tls_server_context> tls) {
    state_->tls = std::move(tls);
}

std::size_t http_server::connections() const {
    return state_->count_open();
}

std::size_t http_server::handshakes() const {
    return state_->count_handshakes();
}

}  // namespace meshhost::http
