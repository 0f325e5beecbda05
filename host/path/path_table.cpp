// SPDX-License-Identifier: Apache-2.0
#include "path/path_table.hpp"

#include "base/assert.hpp"

#include <utility>

namespace meshhost::path {

path_id path_table::intern(const path_target& remote, const ip_endpoint& local) {
    const auto known = by_address_.find({remote, local});
    if (known == by_address_.end()) {
        return insert({.remotes = {remote}, .local = local, .interned = true});
    }
    entry& found = paths_.find(known->second)->second;
    if (found.uses == 0) unused_.splice(unused_.end(), unused_, found.place);
    return known->second;
}

path_id path_table::open(std::vector<path_target> remotes) {
    MH_ASSERT(!remotes.empty(), "a path leads somewhere");
    return insert({.remotes = std::move(remotes)});
}

path_id path_table::insert(entry made) {
    if (unused_.size() >= unused_max) forget(unused_.front());
    const path_id id(++last_);
    if (made.interned) by_address_.insert_or_assign(made.interned_as(), id);
    made.place = unused_.insert(unused_.end(), id);
    paths_.emplace(id, std::move(made));
    return id;
}

void path_table::settle(path_id dialled, path_id answered) {
    const auto from = paths_.find(answered);
    const auto to = paths_.find(dialled);
    if (from == paths_.end() || to == paths_.end()) return;
    MH_ASSERT(!to->second.interned, "an address keeps its path");
    to->second.remotes = {from->second.remotes.front()};
}

void path_table::retain(path_id path) {
    const auto found = paths_.find(path);
    if (found == paths_.end()) return;
    if (found->second.uses++ == 0) unused_.erase(found->second.place);
}

void path_table::release(path_id path) {
    const auto found = paths_.find(path);
    if (found == paths_.end()) return;
    MH_ASSERT(found->second.uses > 0, "a path is released as often as it was retained");
    if (--found->second.uses > 0) return;
    found->second.place = unused_.insert(unused_.end(), path);
    // A dial's path is nobody's once its connection is gone.
    const bool reachable =
        found->second.interned && by_address_.find(found->second.interned_as())->second == path;
    if (!reachable || unused_.size() > unused_max) forget(reachable ? unused_.front() : path);
}

void path_table::forget_addresses() {
    for (auto& [id, known] : paths_) {
        if (!known.interned || relayed_of(known.remotes.front()) != nullptr) continue;
        by_address_.erase(known.interned_as());
        known.interned = false;
    }
    for (auto next = unused_.begin(); next != unused_.end();) {
        const path_id path = *next++;
        if (!paths_.find(path)->second.interned) forget(path);
    }
}

void path_table::forget(path_id path) {
    const auto found = paths_.find(path);
    entry& known = found->second;
    unused_.erase(known.place);
    if (known.interned) by_address_.erase(known.interned_as());
    paths_.erase(found);
}

std::span<const path_target> path_table::remotes(path_id path) const {
    const auto found = paths_.find(path);
    if (found == paths_.end()) return {};
    return found->second.remotes;
}

ip_endpoint path_table::local(path_id path) const {
    const auto found = paths_.find(path);
    return found == paths_.end() ? ip_endpoint{} : found->second.local;
}

}  // namespace meshhost::path
