// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/digest_watches.hpp"

#include <algorithm>
#include <fnmatch.h>
#include <utility>

namespace meshhost::plugin::proto {

using peers::proto::contribution;

namespace {

/// What plugins see of a node that is down.
const std::vector<contribution> nothing;

}  // namespace

const contribution* find_contribution(
    const peer_view& peer,
    std::string_view role,
    std::string_view key
) {
    const auto found =
        std::find_if(peer.contributions.begin(), peer.contributions.end(), [&](const auto& item) {
            return item.role == role && item.key == key;
        });
    return found == peer.contributions.end() ? nullptr : &*found;
}

void digest_watches::apply(peer_snapshot_ptr next) {
    const peer_snapshot_ptr before = std::exchange(snapshot_, std::move(next));
    watches_.for_each([&](handle watch, const watcher& by) { announce(watch, by, before); });
}

void digest_watches::announce(handle watch, const watcher& by, const peer_snapshot_ptr& before) {
    const auto tell = [&](const identity::endpoint_id& node,
                          const peer_snapshot_ptr& owner,
                          const contribution& item,
                          bool cleared) {
        if (!by.role.empty() && item.role != by.role) return;
        if (::fnmatch(by.key_glob.c_str(), item.key.c_str(), FNM_NOESCAPE) != 0) return;
        const peer_view* const known = find_present(*snapshot_, node);
        events_.push_back({
            .watch = watch,
            .tag = by.tag,
            .node = node,
            .item = {owner, &item},
            .cleared = cleared,
            .version = known == nullptr ? 0 : known->digest_sequence,
        });
    };
    for (const auto& [node, was] : *before) {
        const peer_view* const is = find_present(*snapshot_, node);
        for (const contribution& item : is_present(was) ? was.contributions : nothing) {
            const bool gone =
                is == nullptr || find_contribution(*is, item.role, item.key) == nullptr;
            if (gone) tell(node, before, item, true);
        }
    }
    for (const auto& [node, is] : *snapshot_) {
        const peer_view* const was = find_present(*before, node);
        for (const contribution& item : is_present(is) ? is.contributions : nothing) {
            const contribution* const old =
                was == nullptr ? nullptr : find_contribution(*was, item.role, item.key);
            if (old == nullptr || old->value != item.value) tell(node, snapshot_, item, false);
        }
    }
}

handle digest_watches::watch(std::string role, std::string key_glob, std::uint64_t tag) {
    const handle made = watches_.insert({std::move(role), std::move(key_glob), tag});
    if (made != 0) announce(made, *watches_.find(made), std::make_shared<const peer_snapshot>());
    return made;
}

bool digest_watches::unwatch(handle watch) {
    return watches_.erase(watch);
}

std::optional<digest_event> digest_watches::poll() {
    while (!events_.empty()) {
        digest_event next = std::move(events_.front());
        events_.pop_front();
        if (watches_.find(next.watch) != nullptr) return next;
    }
    return std::nullopt;
}

void digest_watches::clear() {
    watches_.clear();
    events_.clear();
}

}  // namespace meshhost::plugin::proto
