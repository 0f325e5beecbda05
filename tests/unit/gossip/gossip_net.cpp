// SPDX-License-Identifier: Apache-2.0
#include "gossip_net.hpp"

#include "gossip_samples.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace meshhost::test {

using namespace gossip::proto;

gossip_net::gossip_net(const config& options, std::uint64_t seed)
    : options_(options)
    , random_(seed)
    , topic_(sample_topic()) {}

std::size_t gossip_net::add(const config& options) {
    const std::size_t node = nodes_.size();
    member added;
    added.id = sample_id(node);
    added.options = options;
    nodes_.push_back(std::move(added));
    numbers_[id(node)] = node;
    start(node);
    return node;
}

void gossip_net::start(std::size_t node) {
    member& m = nodes_[node];
    m.state = std::make_unique<gossip_state>(m.id, m.options, ids_, prng(random_.next()), now_);
    m.wake = no_deadline;
    m.dialing.clear();
}

void gossip_net::kill(std::size_t node) {
    nodes_[node].state.reset();
    for (const auto& [link, instance] : std::map(links_))
        if (link.first == node || link.second == node) end(link, detection);
}

void gossip_net::restart(std::size_t node) {
    start(node);
}

void gossip_net::join(std::size_t node, std::vector<std::size_t> contacts) {
    std::vector<identity::endpoint_id> ids;
    for (const std::size_t contact : contacts)
        ids.push_back(id(contact));
    (void
    )with(node, [&](gossip_state& state, time_point now) { return state.join(topic_, ids, now); });
}

void gossip_net::leave(std::size_t node) {
    (void)with(node, [&](gossip_state& state, time_point now) {
        state.leave(topic_, now);
        return 0;
    });
}

error_code gossip_net::broadcast(
    std::size_t node,
    const std::string& content,
    const broadcast_options& how
) {
    return with(node, [&](gossip_state& state, time_point now) {
        return state.broadcast(topic_, as_bytes(content), how, now);
    });
}

void gossip_net::set_sides(std::vector<int> sides) {
    sides_ = std::move(sides);
    for (const auto& [link, instance] : std::map(links_))
        if (!can_reach(link.first, link.second)) end(link, detection);
}

// --- time ---

void gossip_net::run_for(duration span) {
    const time_point until = now_ + span;
    while (!events_.empty() && events_.begin()->first <= until) {
        auto event = events_.extract(events_.begin());
        now_ = event.key();
        event.mapped()();
    }
    now_ = until;
}

bool gossip_net::run_until(const std::function<bool()>& done, duration span, duration step) {
    const time_point until = now_ + span;
    while (!done()) {
        if (now_ >= until) return false;
        run_for(step);
    }
    return true;
}

void gossip_net::wake(std::size_t node, time_point when) {
    member& m = nodes_[node];
    if (when >= m.wake) return;
    m.wake = when;
    at(when, [this, node, when] {
        if (nodes_[node].state == nullptr || nodes_[node].wake != when) return;
        nodes_[node].wake = no_deadline;
        nodes_[node].state->handle_deadline(now_);
        drain(node);
    });
}

void gossip_net::drain(std::size_t node) {
    while (const auto output = nodes_[node].state->poll_output())
        apply(node, *output);
    const auto next = nodes_[node].state->next_deadline();
    if (next) wake(node, std::max(*next, now_));
}

// --- links ---

void gossip_net::apply(std::size_t node, const gossip_output& output) {
    if (const auto* const send = std::get_if<send_output>(&output)) {
        const std::size_t to = numbers_.at(send->to);
        const auto link = links_.find(pair_of(node, to));
        if (link == links_.end() || !can_reach(node, to)) return;
        at(now_ + latency(node, to), [this, node, to, frame = *send, instance = link->second] {
            if (nodes_[to].state == nullptr || !can_reach(node, to)) return;
            const bytes_view body = frame.frame.view().subspan(frame_length_size);
            nodes_[to].state->received(id(node), instance, frame.topic, body, now_);
            drain(to);
        });
    } else if (const auto* const want = std::get_if<want_link_output>(&output)) {
        dial(node, numbers_.at(want->peer));
    } else if (const auto* const drop = std::get_if<drop_link_output>(&output)) {
        const auto link = links_.find(pair_of(node, numbers_.at(drop->peer)));
        if (link != links_.end() && link->second == drop->link)
            end(link->first, latency(link->first.first, link->first.second));
    } else if (const auto* const got = std::get_if<message_output>(&output)) {
        nodes_[node].delivered.emplace_back(as_text(got->content.view()));
    } else if (const auto* const down = std::get_if<neighbor_down_output>(&output)) {
        nodes_[node].downs.push_back(*down);
    } else if (std::get_if<protocol_violation_output>(&output) != nullptr) {
        ++nodes_[node].violations;
    }
}

void gossip_net::dial(std::size_t node, std::size_t to) {
    if (!nodes_[node].dialing.insert(to).second) return;
    const bool is_refused = nodes_[to].state == nullptr && sides_.empty();
    const duration wait = is_refused ? latency(node, to) * 2 : dial_timeout;
    if (!can_reach(node, to) || nodes_[to].state == nullptr) {
        at(now_ + wait, [this, node, to] { fail_dial(node, to); });
        return;
    }
    at(now_ + latency(node, to) * 2, [this, node, to] { connect(node, to); });
}

void gossip_net::fail_dial(std::size_t node, std::size_t to) {
    if (nodes_[node].state == nullptr) return;
    nodes_[node].dialing.erase(to);
    nodes_[node].state->dial_failed(id(to), now_);
    drain(node);
}

void gossip_net::connect(std::size_t node, std::size_t to) {
    if (nodes_[node].state == nullptr) return;
    if (nodes_[to].state == nullptr || !can_reach(node, to)) return fail_dial(node, to);
    nodes_[node].dialing.erase(to);
    auto& instance = links_[pair_of(node, to)];
    // Two dials that cross make one link.
    if (instance.value == 0) instance = link_instance(++instances_);
    const link_instance link = instance;
    for (const auto& [self, peer] : {std::pair(node, to), std::pair(to, node)}) {
        nodes_[self].state->link_up(id(peer), link, now_);
        nodes_[self].state->set_rtt(id(peer), latency(self, peer) * 2);
        drain(self);
    }
}

void gossip_net::end(pair link, duration after) {
    const link_instance instance = links_.at(link);
    links_.erase(link);
    at(now_ + after, [this, link, instance] {
        for (const auto& [self, peer] : {link, pair(link.second, link.first)}) {
            if (nodes_[self].state == nullptr) continue;
            nodes_[self].state->link_down(id(peer), instance, link_end::lost, now_);
            drain(self);
        }
    });
}

bool gossip_net::can_reach(std::size_t left, std::size_t right) const {
    return sides_.empty() || sides_[left] == sides_[right];
}

duration gossip_net::latency(std::size_t left, std::size_t right) const {
    const auto [low, high] = pair_of(left, right);
    return 10ms + 1ms * static_cast<int>(prng(low * 7919 + high).below(41));
}

// --- what there is to see ---

topic_probe gossip_net::probe(std::size_t node) const {
    return nodes_[node].state->probe(topic_).value_or(topic_probe{});
}

bool gossip_net::are_linked(std::size_t left, std::size_t right) const {
    return links_.contains(pair_of(left, right));
}

std::size_t gossip_net::reach_of(const std::string& content) const {
    return static_cast<std::size_t>(std::count_if(
        nodes_.begin(),
        nodes_.end(),
        [&](const member& m) {
            return m.state != nullptr
                   && std::count(m.delivered.begin(), m.delivered.end(), content) == 1;
        }
    ));
}

std::size_t gossip_net::count_running() const {
    return static_cast<std::size_t>(std::count_if(
        nodes_.begin(),
        nodes_.end(),
        [](const member& m) { return m.state != nullptr; }
    ));
}

bool gossip_net::is_connected() const {
    std::vector<std::size_t> to_visit;
    for (std::size_t node = 0; node < size() && to_visit.empty(); ++node)
        if (is_running(node)) to_visit.push_back(node);
    std::set<std::size_t> seen(to_visit.begin(), to_visit.end());
    while (!to_visit.empty()) {
        const std::size_t node = to_visit.back();
        to_visit.pop_back();
        for (const auto& peer : probe(node).active) {
            const std::size_t other = numbers_.at(peer);
            if (!is_running(other)) continue;
            const auto back = probe(other).active;
            if (std::find(back.begin(), back.end(), id(node)) == back.end()) continue;
            if (seen.insert(other).second) to_visit.push_back(other);
        }
    }
    return seen.size() == count_running();
}

std::size_t gossip_net::asymmetries() const {
    std::size_t found = 0;
    for (std::size_t node = 0; node < size(); ++node) {
        if (!is_running(node)) continue;
        for (const auto& peer : probe(node).active) {
            const std::size_t other = numbers_.at(peer);
            const auto back = is_running(other) ? probe(other).active : topic_probe{}.active;
            if (std::find(back.begin(), back.end(), id(node)) == back.end()) ++found;
        }
    }
    return found;
}

double gossip_net::mean_degree() const {
    std::size_t links = 0;
    for (std::size_t node = 0; node < size(); ++node)
        if (is_running(node)) links += probe(node).active.size();
    return static_cast<double>(links) / static_cast<double>(count_running());
}

std::uint64_t gossip_net::neighbor_changes() const {
    std::uint64_t changes = 0;
    for (std::size_t node = 0; node < size(); ++node) {
        if (!is_running(node)) continue;
        const topic_counts counts = probe(node).counts;
        changes += counts.neighbors_up + counts.neighbors_down;
    }
    return changes;
}

void gossip_net::check_invariants() const {
    for (const member& m : nodes_)
        if (m.state != nullptr) m.state->check_invariants();
}

}  // namespace meshhost::test
