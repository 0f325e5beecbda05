// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/dial_schedule.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <tuple>

namespace meshhost::peers::proto {

using identity::endpoint_id;

dial_schedule::dial_schedule(const endpoint_id& self, const config& options, prng random)
    : self_(self)
    , options_(options)
    , random_(random) {}

dial_schedule::target* dial_schedule::find(const endpoint_id& peer) {
    const auto at = targets_.find(peer);
    return at == targets_.end() ? nullptr : &at->second;
}

void dial_schedule::land(target& of) {
    MH_ASSERT(of.in_flight, "only a dial that was taken can end");
    of.in_flight = false;
    --in_flight_;
}

void dial_schedule::want(const endpoint_id& peer, dial_priority priority, time_point now) {
    if (peer == self_) return;
    const auto [at, added] = targets_.try_emplace(
        peer,
        target{priority, backoff(options_.redial_first, options_.redial_cap), now}
    );
    if (!added) at->second.priority = std::min(at->second.priority, priority);
}

void dial_schedule::forget(const endpoint_id& peer) {
    target* const known = find(peer);
    if (known == nullptr) return;
    if (known->in_flight) land(*known);
    targets_.erase(peer);
}

void dial_schedule::hold(const endpoint_id& peer) {
    if (target* const known = find(peer)) known->held = true;
}

void dial_schedule::reset_backoff(const endpoint_id& peer) {
    if (target* const known = find(peer)) known->wait.reset();
}

void dial_schedule::lost(const endpoint_id& peer, time_point now) {
    target* const known = find(peer);
    if (known == nullptr || !known->held) return;
    known->held = false;
    known->due = now + known->wait.next(random_);
}

void dial_schedule::wake(const endpoint_id& peer, time_point now) {
    target* const known = find(peer);
    if (known != nullptr && known->waiting()) known->due = std::min(known->due, now);
}

void dial_schedule::failed(const endpoint_id& peer, time_point now) {
    target* const known = find(peer);
    if (known == nullptr || !known->in_flight) return;
    land(*known);
    if (!known->held) known->due = now + known->wait.next(random_);
}

void dial_schedule::connected(const endpoint_id& peer) {
    target* const known = find(peer);
    if (known == nullptr || !known->in_flight) return;
    land(*known);
    known->held = true;
}

std::optional<endpoint_id> dial_schedule::take_due(time_point now) {
    if (in_flight_ >= options_.dials_in_flight_max) return std::nullopt;
    auto best = targets_.end();
    const auto rank = [](const target& of) { return std::tie(of.priority, of.due); };
    for (auto at = targets_.begin(); at != targets_.end(); ++at) {
        if (!at->second.waiting() || at->second.due > now) continue;
        if (best == targets_.end() || rank(at->second) < rank(best->second)) best = at;
    }
    if (best == targets_.end()) return std::nullopt;
    best->second.in_flight = true;
    ++in_flight_;
    return best->first;
}

std::optional<time_point> dial_schedule::next_deadline() const {
    std::optional<time_point> earliest;
    if (in_flight_ >= options_.dials_in_flight_max) return earliest;
    for (const auto& [peer, known] : targets_)
        if (known.waiting() && (!earliest || known.due < *earliest)) earliest = known.due;
    return earliest;
}

std::optional<time_point> dial_schedule::due(const endpoint_id& peer) const {
    const auto at = targets_.find(peer);
    if (at == targets_.end() || !at->second.waiting()) return std::nullopt;
    return at->second.due;
}

void dial_schedule::check_invariants() const {
    const auto flying = std::count_if(targets_.begin(), targets_.end(), [](const auto& entry) {
        return entry.second.in_flight;
    });
    MH_ASSERT(static_cast<std::size_t>(flying) == in_flight_, "dials in flight are counted");
    MH_ASSERT(in_flight_ <= options_.dials_in_flight_max, "dials in flight are limited");
}

}  // namespace meshhost::peers::proto
