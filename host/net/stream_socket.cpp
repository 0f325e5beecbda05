// SPDX-License-Identifier: Apache-2.0
#include "net/stream_socket.hpp"

#include "net/tls_context.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace meshhost::net {

stream_socket::stream_socket(unique_fd connected)
    : descriptor_(std::move(connected)) {
    const int on = 1;
    ::setsockopt(descriptor_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void stream_socket::secure(const tls_client_context& context, std::string_view name) {
    tls_ = tls_session::to_server(context.native(), descriptor(), name);
}

void stream_socket::secure(const tls_server_context& context) {
    tls_ = tls_session::to_client(context.native(), descriptor());
}

io_step stream_socket::handshake() {
    return tls_ ? tls_->handshake() : io_step{};
}

io_step stream_socket::read(std::span<std::uint8_t> into) {
    if (tls_) return tls_->read(into);
    const ssize_t got = ::recv(descriptor(), into.data(), into.size(), 0);
    if (got > 0) return {static_cast<std::size_t>(got), io_state::done};
    if (got == 0) return {0, io_state::ended};
    if (errno == EAGAIN || errno == EINTR) return {0, io_state::wants_read};
    errno_ = errno;
    return {0, io_state::failed};
}

io_step stream_socket::write(bytes_view from) {
    if (tls_) return tls_->write(from);
    if (from.empty()) return {};
    const ssize_t sent = ::send(descriptor(), from.data(), from.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        errno_ = errno;
        return {0, io_state::failed};
    }
    const auto count = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    return {count, count == from.size() ? io_state::done : io_state::wants_write};
}

void stream_socket::end_writing() {
    if (tls_) tls_->close();
    if (descriptor_) ::shutdown(descriptor(), SHUT_WR);
}

void stream_socket::close() {
    tls_.reset();
    descriptor_ = unique_fd();
}

bool stream_socket::export_key(
    std::string_view label,
    bytes_view context,
    std::span<std::uint8_t> out
) {
    return tls_ && tls_->export_key(label, context, out);
}

std::string stream_socket::fault() const {
    if (tls_ && !tls_->fault().empty()) return tls_->fault();
    return errno_ == 0 ? "the other end has closed" : std::strerror(errno_);
}

}  // namespace meshhost::net
