// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/loss_table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace meshhost::peers::proto {

namespace {

/// The larger the mesh, the likelier is a second reporter, and the longer its word may be under
/// way: three seconds for each power of ten.
duration wait_for(std::size_t peers, const config& options) {
    const double seconds = 3 * std::log10(static_cast<double>(peers) + 1);
    const auto wait = std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds));
    return std::clamp(wait, options.loss_wait_min, options.loss_wait_max);
}

}  // namespace

/// The doubt that the report belongs to; nullptr: there is one about a newer record.
loss_table::doubt* loss_table::open(const loss_report& report, std::size_t peers, time_point now) {
    const doubt fresh{report.version, {}, report.reporter, now + wait_for(peers, options_)};
    doubt& held = doubted_.try_emplace(report.subject, fresh).first->second;
    if (held.version < report.version) held = fresh;
    return report.version < held.version ? nullptr : &held;
}

void loss_table::add(const loss_report& report, std::size_t peers, time_point now) {
    doubt* const held = open(report, peers, now);
    if (held == nullptr) return;
    const auto& known = held->reporters;
    if (std::find(known.begin(), known.end(), report.reporter) != known.end()) return;
    held->reporters.push_back(report.reporter);
    if (held->reporters.size() >= options_.loss_reporters) held->due = now;
}

void loss_table::add_hearsay(const loss_report& report, std::size_t peers, time_point now) {
    open(report, peers, now);
}

std::optional<loss_table::verdict> loss_table::take_lost(time_point now) {
    const auto lost = std::find_if(doubted_.begin(), doubted_.end(), [now](const auto& entry) {
        return entry.second.due <= now;
    });
    if (lost == doubted_.end()) return std::nullopt;
    doubt& held = lost->second;
    verdict out{lost->first, held.version, std::move(held.reporters), held.told_by};
    doubted_.erase(lost);
    return out;
}

std::optional<time_point> loss_table::next_deadline() const {
    std::optional<time_point> earliest;
    for (const auto& [peer, held] : doubted_)
        earliest = std::min(earliest.value_or(held.due), held.due);
    return earliest;
}

}  // namespace meshhost::peers::proto
