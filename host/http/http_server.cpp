// SPDX-License-Identifier: Apache-2.0
#include "http/http_server.hpp"

#include "http/http_session.hpp"

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
        logger sink
    )
        : acceptor(shard.context())
        , pause(shard.context())
        , name(std::move(claimed))
        , handler(to)
        , limits(given)
        , log(std::move(sink)) {
        acceptor.assign(protocol(name->family(), 0), name->release_descriptor());
    }

    void accept();
    void on_accepted(const boost::system::error_code& ec, protocol::socket socket);
    void wait_and_accept();
    std::size_t count_open();
    bool drop_idle();
    void close();

    boost::asio::basic_socket_acceptor<protocol> acceptor;
    boost::asio::steady_timer pause;
    std::unique_ptr<listener> name;
    request_handler& handler;
    const http_limits limits;
    logger log;
    std::vector<std::weak_ptr<http_session>> sessions;  ///< at most connections_max alive
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
    const auto session = std::make_shared<http_session>(std::move(socket), handler, limits);
    const bool is_full = count_open() >= limits.connections_max;
    if (is_full && !(limits.replaces_idle && drop_idle())) {
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

/// False: every connection has something to do.
bool http_server::state::drop_idle() {
    for (const auto& held : sessions) {
        const auto session = held.lock();
        if (!session || !session->is_idle()) continue;
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
    logger log
)
    : state_(std::make_shared<state>(shard, std::move(from), handler, limits, std::move(log))) {
    state_->accept();
}

http_server::~http_server() {
    close();
}

void http_server::close() {
    state_->close();
}

std::size_t http_server::connections() const {
    return state_->count_open();
}

}  // namespace meshhost::http
