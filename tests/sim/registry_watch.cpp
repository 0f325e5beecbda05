// SPDX-License-Identifier: Apache-2.0
#include "sim/registry_watch.hpp"

#include <algorithm>

namespace meshhost::sim {

using peers::proto::digest_version;
using peers::proto::peer_state;

namespace {

constexpr duration settled_after = 60s;  ///< from then on a digest that somebody lacks is late
/// What changed since is on its way. Among a thousand hosts something always is.
constexpr duration under_way = 2s;

double seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

}  // namespace

registry_watch::registry_watch(
    const std::vector<member>& members,
    const link_model& links,
    std::uint32_t nodes
)
    : members_(members)
    , links_(links)
    , signed_(nodes)
    , known_(std::size_t{nodes} * nodes) {}

void registry_watch::started(node_index node, time_point now) {
    deaths_.erase(node);
    for (node_index whom = 0; whom < members_.size(); ++whom)
        known(node, whom) = {};
    disturbed(now);
}

void registry_watch::died(node_index node, time_point now) {
    deaths_[node] = {now, now};
    disturbed(now);
}

void registry_watch::judged(node_index by, node_index whom, peer_state state, time_point now) {
    if (state != peer_state::dead) return;
    ++deaths_told_;
    const bool is_cut = links_.is_blocked(by, whom) || links_.is_blocked(whom, by);
    const auto found = deaths_.find(whom);
    if (found == deaths_.end()) {
        false_deaths_ += is_cut ? 0 : 1;
        return;
    }
    found->second.known_last = now;
    found->second.is_known = true;
    known_s_ = std::max(known_s_, seconds(now - found->second.at));
}

void registry_watch::signed_anew(node_index by, const digest_version& version, time_point now) {
    signed_[by].push_back({version, now});
}

void registry_watch::knows(
    node_index by,
    node_index whom,
    const std::optional<digest_version>& version
) {
    digest_version& has = known(by, whom);
    if (version && (signed_[whom].empty() || signed_[whom].back().version < *version)) ++invented_;
    if (version && *version < has) ++reverted_;
    has = version.value_or(digest_version{});
}

digest_version& registry_watch::known(node_index by, node_index whom) {
    return known_[std::size_t{whom} * members_.size() + by];
}

void registry_watch::look(time_point now) {
    shortfall found;
    for (node_index whom = 0; whom < members_.size(); ++whom)
        if (members_[whom].is_on()) compare(whom, now, found);
    if (now - disturbed_at_ > settled_after) lag_s_ = std::max(lag_s_, seconds(found.longest));
    const bool agree = found.knows_every_start && found.longest <= under_way;
    if (agree && !agree_s_) agree_s_ = seconds(now - disturbed_at_);
}

void registry_watch::compare(node_index whom, time_point now, shortfall& found) {
    auto& history = signed_[whom];
    const digest_version newest = history.back().version;
    digest_version oldest = newest;
    for (node_index by = 0; by < members_.size(); ++by) {
        if (by == whom || !members_[by].is_on()) continue;
        const digest_version has = known(by, whom);
        oldest = std::min(oldest, has);
        if (has == newest) continue;
        if (has.incarnation != newest.incarnation) found.knows_every_start = false;
        const auto lacks = std::find_if(history.begin(), history.end(), [&has](const signing& one) {
            return has < one.version;
        });
        found.longest = std::max(found.longest, now - lacks->at);
    }
    while (history.size() > 1 && history.front().version <= oldest)
        history.pop_front();
}

std::size_t registry_watch::unnoticed() const {
    std::size_t count = 0;
    for (const auto& dead : deaths_) {
        const auto knows_not = [node = dead.first](const member& one) {
            return one.is_on() && one.version_of(node).has_value();
        };
        count += std::any_of(members_.begin(), members_.end(), knows_not) ? 1 : 0;
    }
    return count;
}

void registry_watch::measure(metric_values& metrics) const {
    if (agree_s_) metrics.push_back({"digests.agree_s", *agree_s_});
    metrics.push_back({"digests.lag_s", lag_s_});
    metrics.push_back({"digests.death_known_s", known_s_});
    metrics.push_back({"digests.unnoticed", static_cast<double>(unnoticed())});
    metrics.push_back({"digests.false_deaths", static_cast<double>(false_deaths_)});
    metrics.push_back({"digests.invented", static_cast<double>(invented_)});
    metrics.push_back({"digests.reverted", static_cast<double>(reverted_)});
    metrics.push_back({"digests.deaths", static_cast<double>(deaths_told_)});
}

}  // namespace meshhost::sim
