// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/peer_watches.hpp"

#include <utility>

namespace meshhost::plugin::proto {

namespace {

bool is_watched(const peer_view* peer, std::string_view role) noexcept {
    if (peer == nullptr || !is_present(*peer)) return false;
    return role.empty() || has_role(peer->roles, role);
}

peer_event_kind kind_of(peer_presence presence) noexcept {
    switch (presence) {
    case peer_presence::up:
        return peer_event_kind::up;
    case peer_presence::draining:
        return peer_event_kind::draining;
    case peer_presence::suspect:
        return peer_event_kind::suspect;
    case peer_presence::down:
        return peer_event_kind::down;
    }
    return peer_event_kind::down;
}

/// What a watcher of `role` is told when `before` has become `now`; nullptr: not in the snapshot.
std::optional<peer_event_kind> difference(
    const peer_view* before,
    const peer_view* now,
    std::string_view role
) noexcept {
    const bool was = is_watched(before, role);
    const bool is = is_watched(now, role);
    if (!was && !is) return std::nullopt;
    if (!is) return peer_event_kind::down;
    if (!was || before->presence != now->presence) return kind_of(now->presence);
    // A round-trip time is never twice the same: it does not count as a change.
    if (before->roles != now->roles || before->path != now->path) return peer_event_kind::changed;
    return std::nullopt;
}

std::string reason_for(peer_event_kind kind, const peer_view* now) {
    if (kind != peer_event_kind::down) return now->reason;
    if (now == nullptr) return "forgotten";
    return is_present(*now) ? "it no longer has the role" : now->reason;
}

const peer_view* find(const peer_snapshot& snapshot, const identity::endpoint_id& id) {
    const auto found = snapshot.find(id);
    return found == snapshot.end() ? nullptr : &found->second;
}

}  // namespace

void peer_watches::apply(peer_snapshot_ptr next) {
    const peer_snapshot_ptr before = std::exchange(snapshot_, std::move(next));
    watches_.for_each([&](handle watch, const watcher& by) { announce(watch, by, before); });
}

void peer_watches::announce(handle watch, const watcher& by, const peer_snapshot_ptr& before) {
    const auto tell = [&](const identity::endpoint_id& id, const peer_view* was, const peer_view* is
                      ) {
        const auto kind = difference(was, is, by.role);
        if (!kind) return;
        const bool shows_past = *kind == peer_event_kind::down;
        events_.push_back({
            .watch = watch,
            .tag = by.tag,
            .kind = *kind,
            .id = id,
            .peer = {shows_past ? before : snapshot_, shows_past ? was : is},
            .reason = reason_for(*kind, is),
        });
    };
    for (const auto& [id, was] : *before) {
        if (find(*snapshot_, id) == nullptr) tell(id, &was, nullptr);
    }
    for (const auto& [id, is] : *snapshot_)
        tell(id, find(*before, id), &is);
}

handle peer_watches::watch(std::string role, std::uint64_t tag) {
    const handle made = watches_.insert({std::move(role), tag});
    if (made != 0) announce(made, *watches_.find(made), std::make_shared<const peer_snapshot>());
    return made;
}

bool peer_watches::unwatch(handle watch) {
    return watches_.erase(watch);
}

std::optional<peer_event> peer_watches::poll() {
    while (!events_.empty()) {
        peer_event next = std::move(events_.front());
        events_.pop_front();
        if (watches_.find(next.watch) != nullptr) return next;
    }
    return std::nullopt;
}

void peer_watches::clear() {
    watches_.clear();
    events_.clear();
}

}  // namespace meshhost::plugin::proto
