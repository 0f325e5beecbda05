// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/peer_registry.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace meshhost::peers::proto {

using extent = registry_change::extent;
using identity::endpoint_id;

namespace {

peer_state state_of(node_state state) noexcept {
    switch (state) {
    case node_state::joining:
        return peer_state::joining;
    case node_state::alive:
        return peer_state::alive;
    case node_state::degraded:
        return peer_state::degraded;
    case node_state::draining:
        return peer_state::draining;
    case node_state::left:
        return peer_state::left;
    }
    return peer_state::alive;
}

/// A mesh that emits on a clock emits alike: a quarter more than what we do.
double metered_rate(const config& options) {
    const std::chrono::duration<double> interval = options.emit_interval;
    if (interval.count() <= 0) return options.metered_taken_per_second;
    return std::max(options.metered_taken_per_second, 1.25 / interval.count());
}

bool is_doubted(peer_state state) noexcept {
    return state == peer_state::stale || state == peer_state::dead;
}

bool is_tombstone(const peer_entry& entry) noexcept {
    return is_gone(entry.state) && !entry.named && !entry.connected;
}

}  // namespace

bool is_gone(peer_state state) noexcept {
    return state == peer_state::left || state == peer_state::dead || state == peer_state::refused;
}

const char* to_string(peer_state state) noexcept {
    switch (state) {
    case peer_state::connecting:
        return "connecting";
    case peer_state::joining:
        return "joining";
    case peer_state::alive:
        return "alive";
    case peer_state::degraded:
        return "degraded";
    case peer_state::draining:
        return "draining";
    case peer_state::left:
        return "left";
    case peer_state::stale:
        return "stale";
    case peer_state::dead:
        return "dead";
    case peer_state::refused:
        return "refused";
    }
    return "unknown";
}

std::optional<duration> peer_entry::uptime(time_point now) const {
    if (!digest || is_gone(state)) return std::nullopt;
    return now - up_since;
}

peer_registry::peer_registry(const config& options)
    : options_(options) {}

const peer_entry* peer_registry::find(const endpoint_id& peer) const {
    const auto at = rows_.find(peer);
    return at == rows_.end() ? nullptr : &at->second.entry;
}

bool peer_registry::name(const endpoint_id& peer, time_point now) {
    row* const added = add(peer, now);
    if (added == nullptr) return false;
    added->entry.named = true;
    mark(peer, extent::state);
    return true;
}

void peer_registry::unname(const endpoint_id& peer) {
    const auto known = rows_.find(peer);
    if (known == rows_.end() || !known->second.entry.named) return;
    known->second.entry.named = false;
    mark(peer, extent::state);
}

peer_registry::row* peer_registry::add(const endpoint_id& peer, time_point now) {
    const auto known = rows_.find(peer);
    if (known != rows_.end()) return &known->second;
    if (rows_.size() >= options_.peers_max && !make_room()) return nullptr;
    row fresh{
        {},
        token_bucket(options_.records_taken_per_minute / 60, options_.records_taken_burst),
        token_bucket(metered_rate(options_), options_.metered_taken_burst)};
    fresh.entry.id = peer;
    fresh.entry.since = now;
    return &rows_.emplace(peer, std::move(fresh)).first->second;
}

bool peer_registry::make_room() {
    auto victim = rows_.end();
    for (auto at = rows_.begin(); at != rows_.end(); ++at) {
        const peer_entry& entry = at->second.entry;
        if (!is_tombstone(entry)) continue;
        if (victim == rows_.end() || entry.since < victim->second.entry.since) victim = at;
    }
    if (victim == rows_.end()) return false;
    forget(victim);
    ++counts_.evictions;
    return true;
}

void peer_registry::forget(row_map::iterator which) {
    mark(which->first, extent::forgotten);
    rows_.erase(which);
}

std::size_t peer_registry::tombstones() const {
    return static_cast<std::size_t>(std::count_if(rows_.begin(), rows_.end(), [](const auto& held) {
        return is_tombstone(held.second.entry);
    }));
}

void peer_registry::expire(time_point now) {
    std::vector<row_map::iterator> graves;
    for (auto at = rows_.begin(); at != rows_.end(); ++at)
        if (is_tombstone(at->second.entry)) graves.push_back(at);
    std::sort(graves.begin(), graves.end(), [](const auto& left, const auto& right) {
        return left->second.entry.since < right->second.entry.since;
    });
    std::size_t left = graves.size();
    for (const auto& grave : graves) {
        const bool is_old = now - grave->second.entry.since >= options_.tombstone_life;
        if (!is_old && left <= options_.tombstones_max) return;
        forget(grave);
        ++counts_.expiries;
        --left;
    }
}

peer_registry::verdict peer_registry::offer(
    const node_digest& digest,
    bytes_view record,
    source how,
    time_point now
) {
    row* const known = add(digest.origin, now);
    if (known == nullptr) return verdict::no_room;
    peer_entry& entry = known->entry;
    entry.last_heard = now;
    if (entry.digest && digest.number() < entry.digest->number())
        return digest.incarnation < entry.digest->incarnation ? verdict::outlived : verdict::older;
    if (entry.digest && digest.number() == entry.digest->number()) {
        if (!std::equal(record.begin(), record.end(), entry.record.begin(), entry.record.end())) {
            ++counts_.conflicts;
            return verdict::conflicting;
        }
        if (how == source::link && entry.state != state_of(digest.state))
            revive(entry, "connected again", now);
        return verdict::known;
    }
    accept(entry, digest, record, how, now);
    return verdict::newest;
}

void peer_registry::accept(
    peer_entry& entry,
    const node_digest& digest,
    bytes_view record,
    source how,
    time_point now
) {
    const bool is_restart = entry.digest && entry.digest->incarnation < digest.incarnation;
    const bool is_first = is_restart || !entry.digest;
    const time_point start = now - digest.uptime;
    const peer_state state = state_of(digest.state);
    entry.up_since = is_first ? start : std::min(entry.up_since, start);
    entry.digest = digest;
    entry.record.assign(record.begin(), record.end());
    mark(entry.id, extent::content);
    // Late, and no word of a peer that lives: who lost it had this record already.
    const bool is_late = how == source::mesh && entry.lost_with
                         && digest.number() <= *entry.lost_with && state != peer_state::left;
    if (is_late) return;
    if (entry.state == state && !is_restart) return;
    if (is_restart)
        enter(entry, state, state_evidence::of("restarted"), now);
    else
        revive(entry, how == source::link ? "says so itself" : "says so by gossip", now);
}

/// It is what its digest says.
void peer_registry::revive(peer_entry& entry, const std::string& words, time_point now) {
    if (entry.state == peer_state::dead) ++counts_.false_alarms;
    enter(entry, state_of(entry.digest->state), state_evidence::of(words), now);
}

void peer_registry::enter(
    peer_entry& entry,
    peer_state state,
    const state_evidence& why,
    time_point now
) {
    if (state == peer_state::dead && entry.digest && !is_gone(entry.state)) ++counts_.deaths;
    entry.state = state;
    entry.since = now;
    entry.evidence = why;
    if (!is_doubted(state)) entry.lost_with.reset();
    mark(entry.id, extent::state);
}

bool peer_registry::take_token(const endpoint_id& peer, time_point now, bool is_metered) {
    const auto at = rows_.find(peer);
    if (at == rows_.end()) return true;
    return is_metered ? at->second.metered.take(now) : at->second.records.take(now);
}

void peer_registry::heard(const endpoint_id& peer, time_point now) {
    const auto at = rows_.find(peer);
    if (at != rows_.end()) at->second.entry.last_heard = now;
}

void peer_registry::connected(const endpoint_id& peer) {
    const auto at = rows_.find(peer);
    if (at == rows_.end() || at->second.entry.connected) return;
    at->second.entry.connected = true;
    mark(peer, extent::state);
}

void peer_registry::disconnected(const endpoint_id& peer) {
    const auto at = rows_.find(peer);
    if (at == rows_.end() || !at->second.entry.connected) return;
    at->second.entry.connected = false;
    mark(peer, extent::state);
}

void peer_registry::met(const endpoint_id& peer, const std::string& words, time_point now) {
    const auto at = rows_.find(peer);
    if (at == rows_.end() || !at->second.entry.digest) return;
    peer_entry& entry = at->second.entry;
    if (!is_doubted(entry.state)) return;
    revive(entry, words, now);
}

void peer_registry::clear(const endpoint_id& peer, const std::string& words, time_point now) {
    const peer_entry* const known = find(peer);
    if (known != nullptr && known->state == peer_state::stale) met(peer, words, now);
}

void peer_registry::suspect(
    const endpoint_id& peer,
    const state_evidence& evidence,
    const std::optional<digest_version>& version,
    time_point now
) {
    const auto at = rows_.find(peer);
    if (at == rows_.end() || !at->second.entry.digest) return;
    peer_entry& entry = at->second.entry;
    if (is_gone(entry.state)) return;
    if (version) entry.lost_with = std::max(entry.lost_with.value_or(*version), *version);
    conclude(entry, peer_state::stale, evidence, now);
}

void peer_registry::unreachable(
    const endpoint_id& peer,
    peer_state state,
    const std::string& words,
    time_point now
) {
    MH_ASSERT(is_gone(state), "an observer concludes that a peer is gone, nothing else");
    const auto at = rows_.find(peer);
    if (at == rows_.end()) return;
    peer_entry& entry = at->second.entry;
    if (entry.connected) mark(peer, extent::state);
    entry.connected = false;
    if (entry.state == peer_state::left && state == peer_state::dead) return;
    // A dial that fails says less than those who saw it go.
    const bool is_known =
        entry.state == state && entry.evidence.what != state_evidence::basis::words;
    if (!is_known) conclude(entry, state, state_evidence::of(words), now);
}

void peer_registry::bury(
    const endpoint_id& peer,
    const state_evidence& evidence,
    const digest_version& version,
    time_point now
) {
    suspect(peer, evidence, version, now);
    const auto at = rows_.find(peer);
    if (at != rows_.end() && at->second.entry.state == peer_state::stale)
        conclude(at->second.entry, peer_state::dead, evidence, now);
}

void peer_registry::conclude(
    peer_entry& entry,
    peer_state state,
    const state_evidence& evidence,
    time_point now
) {
    if (entry.state != state) {
        enter(entry, state, evidence, now);
    } else if (entry.evidence != evidence) {
        entry.evidence = evidence;
        mark(entry.id, extent::state);
    }
}

std::optional<registry_change> peer_registry::poll_change() {
    if (changes_.empty()) return std::nullopt;
    const auto first = changes_.begin();
    const registry_change change{first->first, first->second};
    changes_.erase(first);
    return change;
}

void peer_registry::mark(const endpoint_id& peer, extent what) {
    extent& marked = changes_[peer];
    marked = std::max(marked, what);
}

void peer_registry::check_invariants() const {
    MH_ASSERT(rows_.size() <= options_.peers_max, "the registry keeps its cap");
    for (const auto& [id, held] : rows_) {
        const peer_entry& entry = held.entry;
        MH_ASSERT(entry.id == id, "an entry is filed under its id");
        MH_ASSERT(!entry.digest || entry.digest->origin == id, "a digest is its origin's");
        MH_ASSERT(entry.digest.has_value() != entry.record.empty(), "a digest has its record");
    }
}

}  // namespace meshhost::peers::proto
