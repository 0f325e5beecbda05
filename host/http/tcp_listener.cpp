// SPDX-License-Identifier: Apache-2.0
#include "http/tcp_listener.hpp"

#include "net/socket_address.hpp"

#include <fmt/format.h>

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace meshhost::http {

namespace {

failure bind_failure(const ip_endpoint& where, int cause) {
    const auto text = where.to_string();
    if (cause == EADDRINUSE)
        return {
            exit_code::failure,
            "E_PORT_TAKEN",
            fmt::format("TCP {} is in use", text),
            "stop the other program, or choose another port; 0 takes a free one"};
    if (cause == EACCES || cause == EPERM)
        return {
            exit_code::not_permitted,
            "E_PORT_FORBIDDEN",
            fmt::format("may not listen at TCP {}", text),
            "ports below 1024 need CAP_NET_BIND_SERVICE"};
    return {
        exit_code::failure,
        "E_BIND",
        fmt::format("cannot listen at TCP {}: {}", text, std::strerror(cause)),
        "is it an address of this machine?"};
}

}  // namespace

outcome<tcp_listener> tcp_listener::bind(const ip_endpoint& where) {
    const net::socket_address address(where);
    unique_fd socket(
        ::socket(where.is_v4() ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
    );
    if (!socket) return bind_failure(where, errno);
    const int on = 1;  // a port whose last connections linger is free
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(socket.get(), address.data(), address.size()) != 0
        || ::listen(socket.get(), SOMAXCONN) != 0)
        return bind_failure(where, errno);
    net::socket_address chosen;
    socklen_t size = net::socket_address::size_max;
    if (::getsockname(socket.get(), chosen.data(), &size) != 0) return bind_failure(where, errno);
    return tcp_listener(chosen.endpoint().value_or(where), std::move(socket));
}

int tcp_listener::family() const noexcept {
    return bound_.is_v4() ? AF_INET : AF_INET6;
}

}  // namespace meshhost::http
