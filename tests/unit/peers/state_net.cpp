// SPDX-License-Identifier: Apache-2.0
#include "state_net.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <type_traits>
#include <variant>

namespace meshhost::test {

using namespace peers::proto;

namespace {

identity::secret_key key_of(std::uint8_t seed) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes.fill(seed);
    return identity::secret_key::from_seed(bytes);
}

ip_endpoint address_of(std::size_t node) {
    return ip_endpoint::v4({10, 0, 0, static_cast<std::uint8_t>(node + 1)}, 1);
}

}  // namespace

// --- nodes ---

std::size_t state_net::add(std::uint8_t seed, std::string mesh) {
    nodes_.push_back(member{key_of(seed), std::move(mesh), nullptr, 0, 0, 0, 0, {}, false, false});
    return nodes_.size() - 1;
}

void state_net::start(std::size_t at, std::uint64_t incarnation) {
    member& starting = nodes_[at];
    ++starting.life;
    starting.is_stopped = false;
    starting.state =
        std::make_unique<peers_state>(starting.key, incarnation, options_, prng(at + 1), now_);
    self_description what;
    what.mesh = starting.mesh;
    what.name = "node-" + std::to_string(at);
    what.version = "1.0";
    what.roles = {"compute"};
    what.addresses = {address_of(at)};
    starting.state->describe(what, now_);
    starting.state->set_state(node_state::alive, now_);
    drain(at);
    for (auto& each : connections_)  // of its former life
        for (link_side* other : {&each->dialler, &each->acceptor}) {
            const link_side& mine = other == &each->dialler ? each->acceptor : each->dialler;
            if (mine.node != at || !other->is_up) continue;
            after(reset_after, [this, other] {
                down(*other, {{}, "connection reset by a restart"});
            });
        }
}

void state_net::kill(std::size_t at) {
    ++nodes_[at].life;
    nodes_[at].state.reset();
    for (auto& each : connections_) {
        const bool is_dialler = each->dialler.node == at;
        if (!is_dialler && each->acceptor.node != at) continue;
        link_side* const other = is_dialler ? &each->acceptor : &each->dialler;
        after(idle_timeout, [this, other] { down(*other, {{}, "idle for 30 s"}); });
    }
}

void state_net::stop(std::size_t at) {
    nodes_[at].state->stop(now_);
    drain(at);
}

void state_net::name(std::size_t at, std::size_t peer) {
    nodes_[at].state->name_peer({id(peer), {}, {address_of(peer)}}, now_);
    drain(at);
}

void state_net::inject(std::size_t from, std::size_t to, byte_buffer bytes) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        const wire& each = *connections_[i];
        const bool forward = each.dialler.node == from && each.acceptor.node == to;
        const bool backward = each.dialler.node == to && each.acceptor.node == from;
        if ((forward || backward) && is_alive(each.dialler) && is_alive(each.acceptor)) {
            deliver(i, forward, bytes);
            return;
        }
    }
}

void state_net::cut(std::size_t left, std::size_t right) {
    for (auto& each : connections_) {
        const auto [low, high] = std::minmax(each->dialler.node, each->acceptor.node);
        if (low != std::min(left, right) || high != std::max(left, right)) continue;
        down(each->dialler, {{}, "idle for 30 s"});
        down(each->acceptor, {{}, "idle for 30 s"});
    }
}

// --- questions ---

const peer_entry* state_net::entry(std::size_t at, std::size_t peer) const {
    return nodes_[at].state == nullptr ? nullptr : nodes_[at].state->registry().find(id(peer));
}

std::string state_net::seen(std::size_t at, std::size_t peer) const {
    const peer_entry* const found = entry(at, peer);
    return found == nullptr ? "unknown" : to_string(found->state);
}

std::size_t state_net::connections(std::size_t left, std::size_t right) const {
    return static_cast<std::size_t>(std::count_if(
        connections_.begin(),
        connections_.end(),
        [&](const auto& each) {
            const auto [low, high] = std::minmax(each->dialler.node, each->acceptor.node);
            return low == std::min(left, right) && high == std::max(left, right)
                   && is_alive(each->dialler) && is_alive(each->acceptor);
        }
    ));
}

std::size_t state_net::find(const identity::endpoint_id& wanted) const {
    const auto at = std::find_if(nodes_.begin(), nodes_.end(), [&](const member& each) {
        return each.key.id() == wanted;
    });
    return static_cast<std::size_t>(at - nodes_.begin());
}

bool state_net::is_alive(const link_side& at) const {
    return at.is_up && nodes_[at.node].life == at.life;
}

std::pair<state_net::wire*, bool> state_net::find(std::size_t at, link_id link) {
    for (auto& each : connections_)
        for (const bool is_dialler : {true, false}) {
            const link_side& mine = is_dialler ? each->dialler : each->acceptor;
            if (mine.node == at && mine.link == link && mine.life == nodes_[at].life)
                return {each.get(), is_dialler};
        }
    return {nullptr, false};
}

// --- the network ---

void state_net::drain(std::size_t at) {
    while (nodes_[at].state != nullptr) {
        nodes_[at].state->check_invariants();
        const auto output = nodes_[at].state->poll_output();
        if (!output) return;
        std::visit([this, at](const auto& wanted) { perform(at, wanted); }, *output);
    }
}

void state_net::perform(std::size_t at, const dial_output& dial) {
    ++nodes_[at].dials;
    auto opening = std::make_unique<wire>();
    opening->dialler = {at, nodes_[at].life, dial.link, true};
    opening->acceptor.node = find(dial.to.id);
    connections_.push_back(std::move(opening));
    const std::size_t index = connections_.size() - 1;
    after(latency, [this, index] { connect(index); });
}

void state_net::connect(std::size_t index) {
    wire& opening = *connections_[index];
    link_side* const dialler = &opening.dialler;
    if (!is_alive(*dialler)) return;
    const std::size_t at = opening.acceptor.node;
    if (at == nodes_.size() || nodes_[at].state == nullptr) {
        after(handshake_timeout, [this, dialler] { down(*dialler, {{}, "no answer"}); });
        return;
    }
    const auto link = nodes_[at].state->link_accepted(id(dialler->node), now_);
    if (!link) {
        down(*dialler, {close_code::too_many, "too many peers"});
        return;
    }
    opening.acceptor = {at, nodes_[at].life, *link, true};
    drain(at);
    after(latency, [this, dialler, at] {
        if (!is_alive(*dialler)) return;
        nodes_[dialler->node].state->link_ready(dialler->link, address_of(at), now_);
        drain(dialler->node);
    });
}

void state_net::perform(std::size_t at, const send_output& send) {
    ++nodes_[at].frames;
    const auto [found, is_dialler] = find(at, send.link);
    if (found == nullptr) return;
    const auto is_it = [&](const auto& each) { return each.get() == found; };
    const auto where = std::find_if(connections_.begin(), connections_.end(), is_it);
    const auto index = static_cast<std::size_t>(where - connections_.begin());
    const bool to_acceptor = is_dialler;
    after(latency, [this, index, to_acceptor, frame = send.frame] {
        deliver(index, to_acceptor, frame);
    });
}

void state_net::deliver(std::size_t index, bool to_acceptor, const byte_buffer& bytes) {
    wire& on = *connections_[index];
    const link_side& to = to_acceptor ? on.acceptor : on.dialler;
    if (!is_alive(to) || nodes_[to.node].is_deaf) return;
    peers_state& receiver = *nodes_[to.node].state;
    if (to_acceptor && !on.has_stream) {
        on.has_stream = true;
        receiver.link_ready(to.link, address_of(on.dialler.node), now_);
        drain(to.node);
    }
    receiver.link_received(to.link, bytes, now_);
    drain(to.node);
}

void state_net::perform(std::size_t at, const close_output& close) {
    nodes_[at].closes.push_back(close.code);
    const auto [found, is_dialler] = find(at, close.link);
    if (found == nullptr) return;
    link_side* const mine = is_dialler ? &found->dialler : &found->acceptor;
    link_side* const other = is_dialler ? &found->acceptor : &found->dialler;
    after(0ns, [this, mine] { down(*mine, {{}, "closed here"}); });
    after(latency, [this, other, code = close.code, reason = close.reason] {
        down(*other, {code, reason});
    });
}

template <class Other>
void state_net::perform(std::size_t at, const Other&) {
    if constexpr (std::is_same_v<Other, stopped_output>) nodes_[at].is_stopped = true;
    if constexpr (std::is_same_v<Other, overruled_output>) ++nodes_[at].overruled;
}

void state_net::down(link_side& at, link_end how) {
    const bool was_alive = is_alive(at);
    at.is_up = false;
    if (!was_alive || nodes_[at.node].state == nullptr) return;
    nodes_[at.node].state->link_down(at.link, how, now_);
    drain(at.node);
}

// --- time ---

void state_net::after(duration wait, std::function<void()> event) {
    events_.emplace(now_ + wait, std::move(event));
}

bool state_net::step(time_point limit) {
    std::optional<std::size_t> due;
    time_point next = events_.empty() ? no_deadline : events_.begin()->first;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (nodes_[i].state == nullptr) continue;
        const auto deadline = nodes_[i].state->next_deadline();
        if (!deadline || *deadline >= next) continue;
        next = *deadline;
        due = i;
    }
    if (next > limit) {
        now_ = limit;
        return false;
    }
    now_ = std::max(now_, next);
    if (due) {
        nodes_[*due].state->handle_deadline(now_);
        drain(*due);
    } else {
        const auto event = std::move(events_.begin()->second);
        events_.erase(events_.begin());
        event();
    }
    return true;
}

void state_net::run_for(duration span) {
    const time_point limit = now_ + span;
    while (step(limit)) {
    }
}

bool state_net::run_until(const std::function<bool()>& done, duration span) {
    const time_point limit = now_ + span;
    while (!done())
        if (!step(limit)) return done();
    return true;
}

}  // namespace meshhost::test
