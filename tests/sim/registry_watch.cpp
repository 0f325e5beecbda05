// SPDX-License-Identifier: Apache-2.0
#include "sim/registry_watch.hpp"

#include <algorithm>

namespace meshhost::sim {

using peers::proto::digest_version;
using peers::proto::peer_state;

namespace {

constexpr duration settled_after = 60s;  ///< from then on a digest that somebody lacks is late

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
    , versions_(nodes)
    , signed_at_(nodes) {}

void registry_watch::started(node_index node, time_point now) {
    deaths_.erase(node);
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

void registry_watch::look(time_point now) {
    for (node_index node = 0; node < members_.size(); ++node) {
        if (!members_[node].is_on() || versions_[node] == members_[node].version()) continue;
        versions_[node] = members_[node].version();
        signed_at_[node] = now;
    }
    bool agree = true;
    double lag = 0;
    for (node_index by = 0; by < members_.size(); ++by) {
        if (!members_[by].is_on()) continue;
        for (node_index of = 0; of < members_.size(); ++of) {
            if (of == by || !members_[of].is_on()) continue;
            if (members_[by].version_of(of) == versions_[of]) continue;
            agree = false;
            lag = std::max(lag, seconds(now - signed_at_[of]));
        }
    }
    if (now - disturbed_at_ > settled_after) lag_s_ = std::max(lag_s_, lag);
    if (agree && !agree_s_) agree_s_ = seconds(now - disturbed_at_);
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
    metrics.push_back({"digests.deaths", static_cast<double>(deaths_told_)});
}

}  // namespace meshhost::sim
