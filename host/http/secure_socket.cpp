// SPDX-License-Identifier: Apache-2.0
#include "http/secure_socket.hpp"

#include "net/tls_context.hpp"

#include <boost/asio/error.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace meshhost::http {

namespace asio = boost::asio;
using net::io_state;

namespace {

boost::system::error_code verdict_of(io_state state) {
    if (state == io_state::ended) return asio::error::eof;
    if (state == io_state::failed) return asio::error::connection_aborted;
    return {};
}

}  // namespace

secure_socket::secure_socket(stream_socket socket, const net::tls_server_context& tls)
    : socket_(std::move(socket))
    , session_(net::tls_session::to_client(tls.native(), socket_.native_handle()))
    , deadline_(socket_.get_executor()) {
    socket_.native_non_blocking(true);
    const int on = 1;  // a record is whole: none waits for the next
    ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void secure_socket::expires_after(duration limit) {
    deadline_.expires_after(limit);
    deadline_.async_wait([held = weak_from_this()](const boost::system::error_code& ec) {
        const auto self = ec ? nullptr : held.lock();
        // It may have been put off when this was on its way already.
        if (self && self->deadline_.expiry() <= asio::steady_timer::clock_type::now())
            self->close();
    });
}

void secure_socket::say_end() {
    if (socket_.is_open()) session_->close();
}

void secure_socket::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    deadline_.cancel();
}

io_state secure_socket::attempt(operation& what) {
    if (!socket_.is_open()) {
        what.verdict = asio::error::operation_aborted;
        return io_state::done;
    }
    net::io_step step;
    if (what.what == kind::handshake) {
        step = session_->handshake();
    } else if (what.what == kind::read) {
        step = session_->read(what.into);
        what.count = step.count;
    } else if (what.count == 0) {
        step = session_->write(what.from);
        what.count = step.count;
    } else {
        step = session_->write({});  // what it has taken and the socket has not
    }
    if (step.state == io_state::wants_read || step.state == io_state::wants_write)
        return step.state;
    if (what.what == kind::write) byte_buffer().swap(gathered_);
    what.verdict = verdict_of(step.state);
    return io_state::done;
}

}  // namespace meshhost::http
