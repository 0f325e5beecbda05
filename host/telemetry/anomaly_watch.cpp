// SPDX-License-Identifier: Apache-2.0
#include "telemetry/anomaly_watch.hpp"

#include <algorithm>

namespace meshhost::telemetry {

namespace {

/// The better the higher; 0: it is none.
unsigned grade(std::string_view path) {
    if (path.starts_with("direct ")) return 2;
    return path.starts_with("relayed") ? 1 : 0;
}

double seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

}  // namespace

std::optional<anomaly> path_watch::on_moved(
    const std::string& peer,
    std::string_view from,
    std::string_view to,
    time_point now
) {
    if (grade(from) == 0 || grade(to) == 0) return std::nullopt;  // it came, or went
    if (!peers_.contains(peer)) make_room(now);
    auto& of = peers_[peer];
    of.at[of.next] = now;
    of.next = (of.next + 1) % of.at.size();
    const time_point oldest = of.at[of.next];
    if (oldest != time_point{} && now - oldest <= window) {
        of = {};  // told once, and again after as many more
        return anomaly::path_flap;
    }
    if (grade(from) > grade(to)) return anomaly::path_failover;
    return std::nullopt;
}

/// Those that have been quiet go first; else somebody, whose flap may be missed.
void path_watch::make_room(time_point now) {
    if (peers_.size() < peers_max) return;
    std::erase_if(peers_, [&](const auto& each) {
        const auto& at = each.second.at;
        return *std::max_element(at.begin(), at.end()) + window < now;
    });
    if (peers_.size() >= peers_max) peers_.erase(peers_.begin());
}

delivery_watch::delivery_watch()
    : waits_({0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}) {}

double delivery_watch::p99() const {
    const auto& point = waits_.point();
    const auto wanted = point.count - point.count / 100;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < waits_.bounds().size(); ++i)
        if ((seen += point.buckets[i]) >= wanted) return waits_.bounds()[i];
    return waits_.bounds().back();
}

bool delivery_watch::on_delivery(duration waited) {
    const bool is_late =
        waits_.point().count >= samples && waited >= least && seconds(waited) > factor * p99();
    waits_.record(seconds(waited));
    return is_late;
}

}  // namespace meshhost::telemetry
