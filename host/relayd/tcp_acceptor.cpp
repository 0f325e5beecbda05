// SPDX-License-Identifier: Apache-2.0
#include "relayd/tcp_acceptor.hpp"

#include "http/tcp_listener.hpp"
#include "net/shard.hpp"
#include "net/socket_address.hpp"
#include "relay/proto/relay_upgrade.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace meshhost::relayd {

outcome<std::unique_ptr<tcp_acceptor>> tcp_acceptor::listen(
    net::shard& shard,
    const ip_endpoint& where,
    const net::tls_server_context* tls,
    acceptor_sink& sink
) {
    auto bound = http::tcp_listener::bind(where);
    if (!bound) return bound.error();
    const auto at = bound->bound();
    unique_fd listening(bound->release_descriptor());
    const int segment_max = relay::proto::segment_max;  // what is accepted inherits it
    ::setsockopt(listening.get(), IPPROTO_TCP, TCP_MAXSEG, &segment_max, sizeof segment_max);
    std::unique_ptr<tcp_acceptor> made(new tcp_acceptor(shard, std::move(listening), at, tls, sink)
    );
    if (const auto started = made->watch_.start(); !started)
        return failure{exit_code::failure, "E_BIND", started.error().message(), ""};
    return made;
}

tcp_acceptor::tcp_acceptor(
    net::shard& shard,
    unique_fd listening,
    const ip_endpoint& bound,
    const net::tls_server_context* tls,
    acceptor_sink& sink
)
    : shard_(shard)
    , listening_(std::move(listening))
    , bound_(bound)
    , tls_(tls)
    , sink_(sink)
    , watch_(shard, listening_.get(), *this)
    , retry_(shard, *this) {}

bool tcp_acceptor::on_readable() {
    for (int i = 0; i < accepts_a_turn; ++i) {
        net::socket_address from;
        socklen_t size = net::socket_address::size_max;
        unique_fd socket(
            ::accept4(listening_.get(), from.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)
        );
        if (socket) {
            if (const auto address = from.endpoint())
                sink_.on_accepted(std::move(socket), *address, tls_);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            watch_.pause_reading();
            retry_.arm(shard_.now() + out_of_descriptors);
            return true;
        }
        if (errno == EAGAIN) return true;
        // Else: whoever came is gone already.
    }
    return false;
}

}  // namespace meshhost::relayd
