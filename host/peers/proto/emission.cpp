// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/emission.hpp"

#include <algorithm>

namespace meshhost::peers::proto {

namespace {

/// A thing that keeps changing is told after as many times its settling time all the same.
constexpr int settles_max = 3;

}  // namespace

emission::emission(const config& options) {
    const emission_rule at_once{};
    for (const emission_rule& rule :
         {at_once,  // state
          at_once,  // doubt
          options.address_changes,
          options.capability_changes,
          at_once,  // contribution: what carries it has its own gap and pace
          options.neighbor_changes,
          options.load_changes})
        lanes_.push_back({rule, record_pace(rule.interval, rule.burst), {}, {}});
}

void emission::changed(change_class what, time_point now) {
    lane& to = lanes_[static_cast<std::size_t>(what)];
    if (!to.first) to.first = now;
    to.last = now;
}

std::optional<time_point> emission::lane::due() const {
    if (!first) return std::nullopt;
    const time_point settled = std::min(last + rule.settle, *first + settles_max * rule.settle);
    return std::max(settled, pace.free_at());
}

std::optional<time_point> emission::due() const {
    std::optional<time_point> earliest;
    for (const lane& each : lanes_)
        if (const auto at = each.due()) earliest = std::min(earliest.value_or(*at), *at);
    return earliest;
}

void emission::sent(time_point now) {
    for (lane& each : lanes_) {
        if (const auto at = each.due(); at && *at <= now) each.pace.spend(now);
        each.first.reset();
    }
}

}  // namespace meshhost::peers::proto
