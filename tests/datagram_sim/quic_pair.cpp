// SPDX-License-Identifier: Apache-2.0
#include "datagram_sim/quic_pair.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace meshhost::sim {

namespace {

/// Far from zero, which ngtcp2 and others may take for "never".
constexpr time_point epoch = time_point(std::chrono::hours(1));
/// Turns at one point in time; a deadline that is due forever shows up here.
constexpr std::uint64_t steps_at_once_max = 1000;

endpoint_setup setup_of(const pair_options& options, bool is_client) {
    endpoint_setup setup{.is_client = is_client};
    setup.core.transport = is_client ? options.client : options.server;
    setup.core.reset_key.fill(is_client ? 0x0c : 0x05);
    if (!is_client) setup.core.alpns = options.alpns;
    setup.replay_safe = options.replay_safe;
    return setup;
}

}  // namespace

quic_pair::quic_pair(pair_options options)
    : now_(epoch) {
    for (std::size_t i = 0; i < options.wires; ++i) {
        const std::uint64_t seed = options.seed * 1000 + 2 * i;
        seen_as_.push_back(i);
        wires_.push_back({link(options.link, seed), link(options.link, seed + 1)});
    }
    client_ = std::make_unique<sim_endpoint>(setup_of(options, true), *this);
    server_ = std::make_unique<sim_endpoint>(setup_of(options, false), *this);
}

test_app& quic_pair::dial(bool early_data) {
    return client_->dial({
        .path = sim_endpoint::path_over(0),
        .expected = server_->id(),
        .alpn = test_alpn,
        .early_data = early_data,
    });
}

quic_pair::ends quic_pair::connect() {
    const std::size_t before = server_->accepted().size();
    test_app& client_app = dial();
    const bool both =
        run_until([&] { return client_app.connected && server_->accepted().size() > before; });
    MH_ASSERT(both, "a clean link carries a handshake");
    return {client_app, *server_->accepted().back()};
}

void quic_pair::carry(bool from_client, std::size_t wire, bytes_view data, std::uint8_t ecn) {
    if (from_client) return to_server(wire).send(data, ecn, now_);
    const auto seen = std::find(seen_as_.begin(), seen_as_.end(), wire);
    if (seen == seen_as_.end()) return;  // an address that is nobody's any more
    to_client(static_cast<std::size_t>(seen - seen_as_.begin())).send(data, ecn, now_);
}

void quic_pair::rebind(std::size_t wire, std::size_t seen_as) {
    std::replace(seen_as_.begin(), seen_as_.end(), seen_as, wires_.size());
    seen_as_[wire] = seen_as;
}

bool quic_pair::run_until(const std::function<bool()>& done, duration limit) {
    const time_point end = now_ + limit;
    if (!is_client_suspended_) client_->flush();
    server_->flush();
    while (!done()) {
        if (!step(end)) return done();
    }
    return true;
}

void quic_pair::run_for(duration length) {
    (void)run_until([] { return false; }, length);
}

void quic_pair::suspend_client(duration length) {
    client_->flush();
    is_client_suspended_ = true;
    run_for(length);
    is_client_suspended_ = false;
    if (client_->next_deadline() <= now_) client_->run_deadline();
}

time_point quic_pair::next_event() const {
    time_point next = server_->next_deadline();
    for (const auto& wire : wires_)
        next = std::min(next, wire.to_server.next_arrival());
    if (is_client_suspended_) return next;
    next = std::min(next, client_->next_deadline());
    for (const auto& wire : wires_)
        next = std::min(next, wire.to_client.next_arrival());
    return next;
}

bool quic_pair::step(time_point limit) {
    const time_point next = next_event();
    if (next > limit) {
        now_ = limit;
        return false;
    }
    steps_at_once_ = next > now_ ? 0 : steps_at_once_ + 1;
    MH_ASSERT(steps_at_once_ < steps_at_once_max, "virtual time moves on");
    // A clock always ticks; ngtcp2 0.12 acts on some deadlines only when they are past.
    now_ = std::max(now_ + 1ns, next);
    deliver();
    if (server_->next_deadline() <= now_) server_->run_deadline();
    server_->flush();
    if (is_client_suspended_) return true;
    if (client_->next_deadline() <= now_) client_->run_deadline();
    client_->flush();
    return true;
}

std::optional<datagram> quic_pair::next_at_client(link& wire) {
    return is_client_suspended_ ? std::nullopt : wire.receive(now_);
}

void quic_pair::deliver() {
    for (std::size_t i = 0; i < wires_.size(); ++i) {
        while (auto arrived = wires_[i].to_server.receive(now_))
            server_->receive(seen_as_[i], arrived->ecn, arrived->bytes);
        while (auto arrived = next_at_client(wires_[i].to_client))
            client_->receive(i, arrived->ecn, arrived->bytes);
    }
}

bool quic_pair::is_quiet() const {
    const auto idle = [](const sim_endpoint& endpoint) {
        return endpoint.core().measure().connections == 0;
    };
    const bool arrived = std::all_of(wires_.begin(), wires_.end(), [](const auto& wire) {
        return wire.to_server.next_arrival() == no_deadline
               && wire.to_client.next_arrival() == no_deadline;
    });
    return arrived && idle(*client_) && idle(*server_);
}

}  // namespace meshhost::sim
