// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/loss_table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace meshhost::peers::proto {

using identity::endpoint_id;

namespace {

bool contains(const std::vector<endpoint_id>& ids, const endpoint_id& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

/// The larger the mesh, the likelier is a second reporter, and the longer its word may be under
/// way: three seconds for each power of ten.
duration lone_wait(std::size_t peers, const config& options) {
    const double seconds = 3 * std::log10(static_cast<double>(peers) + 1);
    const auto wait = std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds));
    return std::clamp(wait, options.loss_wait_min, options.loss_wait_max);
}

}  // namespace

loss_table::added loss_table::open(const loss_report& report, bool is_near, time_point now) {
    const doubt fresh{report.version, {}, report.reporter, now, now, is_near};
    const auto [at, is_first] = doubted_.try_emplace(report.subject, fresh);
    if (is_first) return added::opened;
    if (report.version < at->second.version) return added::nothing;
    if (report.version == at->second.version) return added::another;
    at->second = fresh;
    return added::opened;
}

loss_table::added loss_table::add(const loss_report& report, bool is_near, time_point now) {
    const added what = open(report, is_near, now);
    if (what == added::nothing) return what;
    doubt& held = doubted_.at(report.subject);
    held.is_near = is_near;
    const bool is_known = contains(held.reporters, report.reporter);
    if (is_known || held.reporters.size() >= reporters_max) return added::nothing;
    held.reporters.push_back(report.reporter);
    held.last = now;
    return what;
}

loss_table::added loss_table::add_hearsay(const loss_report& report, bool is_near, time_point now) {
    const added what = open(report, is_near, now);
    return what == added::opened ? what : added::nothing;
}

std::size_t loss_table::refute(const endpoint_id& peer, const digest_version& version) {
    const auto held = doubted_.find(peer);
    if (held == doubted_.end() || version <= held->second.version) return 0;
    const std::size_t reports = held->second.reporters.size();
    doubted_.erase(held);
    return reports;
}

std::vector<endpoint_id> loss_table::withdraw(const endpoint_id& reporter) {
    std::vector<endpoint_id> cleared;
    for (auto at = doubted_.begin(); at != doubted_.end();) {
        doubt& held = at->second;
        const bool was_reporter = std::erase(held.reporters, reporter) > 0;
        if (was_reporter && held.reporters.empty()) {
            cleared.push_back(at->first);
            at = doubted_.erase(at);
        } else {
            ++at;
        }
    }
    return cleared;
}

const loss_table::doubt* loss_table::find(const endpoint_id& peer) const {
    const auto held = doubted_.find(peer);
    return held == doubted_.end() ? nullptr : &held->second;
}

time_point loss_table::due(const doubt& held, const circumstances& here) const {
    const bool is_certain = !held.is_near && held.reporters.size() >= options_.loss_reporters;
    const duration wait = is_certain ? options_.loss_grace : lone_wait(here.peers, options_);
    return held.opened + std::chrono::duration_cast<duration>(wait * here.patience);
}

std::optional<loss_table::verdict> loss_table::take_lost(
    const circumstances& here,
    time_point now
) {
    const auto lost = std::find_if(doubted_.begin(), doubted_.end(), [&](const auto& entry) {
        return due(entry.second, here) <= now;
    });
    if (lost == doubted_.end()) return std::nullopt;
    verdict out{lost->first, std::move(lost->second)};
    doubted_.erase(lost);
    return out;
}

std::optional<time_point> loss_table::next_deadline(const circumstances& here) const {
    std::optional<time_point> earliest;
    for (const auto& [peer, held] : doubted_) {
        const time_point at = due(held, here);
        earliest = std::min(earliest.value_or(at), at);
    }
    return earliest;
}

}  // namespace meshhost::peers::proto
