// SPDX-License-Identifier: Apache-2.0
#include "lab/model/sight_log.hpp"

#include <boost/json/object.hpp>

#include <algorithm>

namespace meshhost::lab::model {
namespace {

double ms_between(time_point from, time_point to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
}

}  // namespace

void sight_log::observe(const mesh_view& view) {
    for (const host_sight& host : view) {
        const bool is_first = !states_.contains(host.id);
        auto& states = states_[host.id];
        for (const auto& [peer, seen] : host.peers) {
            auto& state = states[peer];
            if (state == seen.state) continue;
            const auto name = names_.find(peer);
            if (!is_first && name != names_.end() && changes_.size() < sight_changes_max)
                changes_.push_back(
                    {seen.since, host.name, name->second, state, seen.state, seen.evidence}
                );
            state = seen.state;
        }
    }
}

std::vector<sight_summary> summarize(const std::vector<sight_change>& changes, time_point deed) {
    std::vector<sight_summary> all;
    for (const sight_change& change : changes) {
        const auto after = change.at - deed;
        const auto same = std::find_if(all.begin(), all.end(), [&](const sight_summary& one) {
            return one.peer == change.peer && one.state == change.to;
        });
        if (same == all.end()) {
            all.push_back(
                {change.peer, change.to, 1, after, after, change.observer, change.evidence}
            );
            continue;
        }
        ++same->observers;
        if (after < same->first) {
            same->first = after;
            same->first_by = change.observer;
            same->evidence = change.evidence;
        }
        same->last = std::max(same->last, after);
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.first < b.first;
    });
    return all;
}

boost::json::array to_json(const std::vector<sight_change>& changes, time_point deed) {
    boost::json::array all;
    for (const sight_change& change : changes)
        all.push_back(boost::json::object{
            {"after_ms", ms_between(deed, change.at)},
            {"observer", change.observer},
            {"peer", change.peer},
            {"from", change.from},
            {"to", change.to},
            {"evidence", change.evidence}});
    return all;
}

}  // namespace meshhost::lab::model
