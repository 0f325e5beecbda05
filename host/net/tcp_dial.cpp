// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_dial.hpp"

#include "net/shard.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <deque>
#include <list>
#include <vector>

namespace meshhost::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// One family and the other by turns, the resolver's first choice first (RFC 8305 section 4).
std::deque<tcp::endpoint> by_turns(const std::vector<tcp::endpoint>& found, std::size_t most) {
    std::deque<tcp::endpoint> same;
    std::deque<tcp::endpoint> other;
    for (const auto& each : found) {
        const bool is_first = each.protocol() == found.front().protocol();
        (is_first ? same : other).push_back(each);
    }
    std::deque<tcp::endpoint> out;
    while (out.size() < most && !(same.empty() && other.empty())) {
        for (auto* const from : {&same, &other}) {
            if (from->empty()) continue;
            out.push_back(from->front());
            from->pop_front();
        }
    }
    if (out.size() > most) out.resize(most);
    return out;
}

}  // namespace

struct tcp_dial::state : std::enable_shared_from_this<state> {
    state(shard& owner, tcp_target to_, teller tell_)
        : loop(owner)
        , to(std::move(to_))
        , tell(std::move(tell_))
        , resolver(owner.context())
        , stagger_timer(owner.context()) {}

    void start() {
        error_code none;
        const auto address = asio::ip::make_address(to.host, none);
        if (!none) {
            waiting.emplace_back(address, to.port);
            return loop.post([self = shared_from_this()] { self->connect_next(); });
        }
        resolver.async_resolve(
            to.host,
            std::to_string(to.port),
            [self = shared_from_this()](const error_code& error, const auto& found) {
                if (self->is_over()) return;
                if (error) return self->end({{}, tcp_fault::no_such_name, error.message()});
                std::vector<tcp::endpoint> all;
                for (const auto& each : found)
                    all.push_back(each.endpoint());
                if (all.empty()) return self->end({{}, tcp_fault::no_such_name, "no address"});
                self->waiting = by_turns(all, addresses_max);
                self->connect_next();
            }
        );
    }

    bool is_over() const noexcept { return tell == nullptr; }

    void connect_next() {
        if (is_over() || waiting.empty()) return;
        const auto address = waiting.front();
        waiting.pop_front();
        const auto socket = sockets.emplace(sockets.end(), loop.context());
        error_code failed;  // connecting says why
        socket->open(address.protocol(), failed);
        if (to.segment_max > 0)
            ::setsockopt(
                socket->native_handle(),
                IPPROTO_TCP,
                TCP_MAXSEG,
                &to.segment_max,
                sizeof to.segment_max
            );
        socket->async_connect(
            address,
            [self = shared_from_this(), socket](const error_code& error) {
                self->on_connected(socket, error);
            }
        );
        if (waiting.empty()) return;
        stagger_timer.expires_after(stagger);
        stagger_timer.async_wait([self = shared_from_this()](const error_code& error) {
            if (!error) self->connect_next();
        });
    }

    void on_connected(std::list<tcp::socket>::iterator socket, const error_code& error) {
        if (is_over()) return;
        if (error) {
            sockets.erase(socket);
            cause = error.message();
            if (!waiting.empty()) {
                stagger_timer.cancel();
                return connect_next();
            }
            if (sockets.empty()) end({{}, tcp_fault::unreachable, cause});
            return;
        }
        error_code failed;
        socket->non_blocking(true, failed);
        unique_fd taken(failed ? -1 : socket->release(failed));
        if (failed) return end({{}, tcp_fault::unreachable, failed.message()});
        end({std::move(taken), tcp_fault::none, {}});
    }

    void end(tcp_result result) {
        const teller told = std::exchange(tell, nullptr);
        cancel();
        told(std::move(result));
    }

    /// The sockets stay in the list, closed, until their completions have run.
    void cancel() {
        tell = nullptr;
        waiting.clear();
        resolver.cancel();
        stagger_timer.cancel();
        error_code ignored;
        for (auto& each : sockets)
            each.close(ignored);
    }

    shard& loop;
    tcp_target to;
    teller tell;  ///< nullptr: over
    tcp::resolver resolver;
    asio::steady_timer stagger_timer;
    std::deque<tcp::endpoint> waiting;
    std::list<tcp::socket> sockets;
    std::string cause;
};

tcp_dial::tcp_dial(shard& owner, tcp_target to, teller tell)
    : state_(std::make_shared<state>(owner, std::move(to), std::move(tell))) {
    state_->start();
}

tcp_dial::~tcp_dial() {
    state_->cancel();
}

}  // namespace meshhost::net
