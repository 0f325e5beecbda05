// SPDX-License-Identifier: Apache-2.0
#include "relayd/relay_server.hpp"

#include "net/shard.hpp"
#include "relayd/relay_connection.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::relayd {

namespace proto = relay::proto;

relay_server::relay_server(net::shard& shard, relay_server_options options)
    : shard_(shard)
    , options_(std::move(options))
    , machine_(options_.relay, prng(options_.seed))
    , admission_(options_.admission)
    , timer_(shard, *this)
    , room_(room_size) {}

relay_server::~relay_server() = default;

outcome<ip_endpoint> relay_server::listen(
    const ip_endpoint& where,
    const net::tls_server_context* tls
) {
    auto made = tcp_acceptor::listen(shard_, where, tls, *this);
    if (!made) return made.error();
    acceptors_.push_back(std::move(*made));
    return acceptors_.back()->bound();
}

void relay_server::on_accepted(
    unique_fd socket,
    const ip_endpoint& from,
    const net::tls_server_context* tls
) {
    const time_point now = shard_.now();
    if (admission_.admit(from, now) != proto::admission_verdict::welcome) {
        ++http_.refused;
        return;
    }
    ++http_.connections;
    while (!strangers_.empty() && find(strangers_.front().second) == nullptr)
        strangers_.pop_front();
    const client_number number(++last_number_);
    const time_point by = now + options_.handshake_timeout;
    auto made = std::make_unique<relay_connection>(*this, number, std::move(socket), from, tls, by);
    auto& kept = *connections_.emplace(number, std::move(made)).first->second;
    strangers_.emplace_back(by, number);
    arm();
    if (!kept.start()) kept.drop();
}

relay_connection* relay_server::find(client_number who) const {
    const auto at = connections_.find(who);
    return at == connections_.end() ? nullptr : at->second.get();
}

void relay_server::turn() {
    obey();
    arm();
    if (when_done_ && connections_.empty()) finish_shut_down();
}

/// Writes last: what one read has brought for a client goes out in one piece.
void relay_server::obey() {
    if (std::exchange(is_in_turn_, true)) return;
    while (true) {
        while (const auto output = machine_.poll_output()) {
            auto* const of = find(output->client);
            if (of == nullptr) continue;
            switch (output->kind) {
            case proto::server_output_kind::write:
                dirty_.push_back(output->client);
                break;
            case proto::server_output_kind::close:
                options_.log.debug(
                    "client gone from={} why={}",
                    of->from().to_string(),
                    proto::to_string(output->end)
                );
                of->end();
                break;
            case proto::server_output_kind::pause:
                of->pause();
                break;
            case proto::server_output_kind::resume:
                of->resume();
                break;
            case proto::server_output_kind::authenticated:
                of->settle();
                admission_.settle();
                break;
            }
        }
        if (dirty_.empty()) break;
        for (const auto who : std::exchange(dirty_, {}))
            if (auto* const of = find(who)) of->flush();
    }
    is_in_turn_ = false;
}

void relay_server::arm() {
    time_point next = std::min(machine_.next_deadline().value_or(no_deadline), close_at_);
    if (!strangers_.empty()) next = std::min(next, strangers_.front().first);
    if (!lingering_.empty()) next = std::min(next, lingering_.front().first);
    timer_.arm(next);
}

void relay_server::on_deadline(time_point now) {
    machine_.handle_deadline(now);
    check_limits(now);
    turn();
}

/// Whoever became a client meanwhile, or is gone, is not meant any more.
void relay_server::check_limits(time_point now) {
    while (!strangers_.empty() && strangers_.front().first <= now) {
        auto* const of = find(strangers_.front().second);
        strangers_.pop_front();
        if (of == nullptr || of->is_relaying() || of->is_over()) continue;
        ++http_.late;
        of->drop();
    }
    while (!lingering_.empty() && lingering_.front().first <= now) {
        auto* const of = find(lingering_.front().second);
        lingering_.pop_front();
        if (of != nullptr) of->drop();
    }
    if (now >= close_at_) {
        close_at_ = no_deadline;
        machine_.close_all(proto::client_end::shut_down);
    }
}

void relay_server::watch_linger(client_number who) {
    lingering_.emplace_back(shard_.now() + options_.linger, who);
}

/// It may be the caller: so its end waits for the loop's next turn.
void relay_server::retire(client_number who) {
    const auto at = connections_.find(who);
    if (at == connections_.end()) return;
    machine_.closed(who, shard_.now());
    admission_.release(at->second->from(), at->second->is_half_open());
    ++http_.closed;
    retired_.push_back(std::move(at->second));
    connections_.erase(at);
    if (std::exchange(is_reaping_, true)) return;
    shard_.post([this, alive = std::weak_ptr(alive_)] {
        if (alive.expired()) return;
        is_reaping_ = false;
        retired_.clear();
        turn();
    });
}

void relay_server::shut_down(std::function<void()> done) {
    acceptors_.clear();
    when_done_ = std::move(done);
    const time_point now = shard_.now();
    machine_.shut_down(now);
    close_at_ = now + options_.goodbye;
    std::vector<client_number> strangers;
    for (const auto& [number, of] : connections_)
        if (!of->is_relaying()) strangers.push_back(number);
    for (const auto number : strangers)
        connections_.at(number)->drop();
    shard_.post([this, alive = std::weak_ptr(alive_)] {
        if (!alive.expired()) turn();
    });
}

void relay_server::replace_tls(const net::tls_server_context* tls) {
    for (const auto& each : acceptors_)
        if (each->is_secure()) each->replace_tls(tls);
}

void relay_server::finish_shut_down() {
    shard_.post(std::exchange(when_done_, nullptr));
}

void relay_server::set_access(proto::access_policy access) {
    options_.relay.access = access;
    machine_.set_access(std::move(access));
    turn();
}

}  // namespace meshhost::relayd
