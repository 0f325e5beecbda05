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

void loss_table::add(const loss_report& report, std::size_t peers, time_point now) {
    doubt& held = doubted_[report.subject];
    if (held.reporters.empty() || held.version < report.version)
        held = {report.version, {}, now + wait_for(peers, options_)};
    if (report.version < held.version) return;
    const auto& known = held.reporters;
    if (std::find(known.begin(), known.end(), report.reporter) != known.end()) return;
    held.reporters.push_back(report.reporter);
    if (held.reporters.size() >= options_.loss_reporters) held.due = now;
}

std::optional<loss_table::verdict> loss_table::take_lost(time_point now) {
    const auto lost = std::find_if(doubted_.begin(), doubted_.end(), [now](const auto& entry) {
        return entry.second.due <= now;
    });
    if (lost == doubted_.end()) return std::nullopt;
    verdict out{lost->first, lost->second.version, std::move(lost->second.reporters)};
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
