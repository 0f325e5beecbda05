// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/path_selector.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

namespace {

duration biased_rtt_of(const path_facts& path) noexcept {
    const duration rtt = path.rtt > duration::zero() ? path.rtt : unknown_rtt;
    return path.is_relayed ? rtt : biased_rtt(rtt, path.family);
}

const path_facts* find(std::span<const path_facts> paths, path_id id) noexcept {
    const auto at =
        std::find_if(paths.begin(), paths.end(), [&](auto& path) { return path.id == id; });
    return at == paths.end() ? nullptr : &*at;
}

/// The quickest of those that answer, direct ones first; nullptr: none answers.
const path_facts* best_of(std::span<const path_facts> paths, time_point now) noexcept {
    const path_facts* best = nullptr;
    for (const path_facts& path : paths) {
        if (silent_at(path) <= now) continue;
        const bool is_better =
            best == nullptr || (best->is_relayed && !path.is_relayed)
            || (best->is_relayed == path.is_relayed && biased_rtt_of(path) < biased_rtt_of(*best));
        if (is_better) best = &path;
    }
    return best;
}

}  // namespace

duration biased_rtt(duration rtt, ip_family family) noexcept {
    return family == ip_family::v6 ? rtt - ipv6_bonus : rtt;
}

bool is_worth_moving(duration current_biased, duration other_biased) noexcept {
    return other_biased + switch_hysteresis <= current_biased;
}

time_point silent_at(const path_facts& of) noexcept {
    if (!of.unanswered_since) return no_deadline;
    const duration rtt = of.rtt > duration::zero() ? of.rtt : unknown_rtt;
    const time_point since = std::max(*of.unanswered_since, of.last_heard);
    return since
           + std::clamp<duration>(
               silence_min + 4 * std::min(rtt, silence_max),
               silence_min,
               silence_max
           );
}

const char* to_string(choice_reason reason) noexcept {
    switch (reason) {
    case choice_reason::only_one:
        return "only_one";
    case choice_reason::is_direct:
        return "is_direct";
    case choice_reason::is_faster:
        return "is_faster";
    case choice_reason::is_kept:
        return "is_kept";
    case choice_reason::fail_over:
        return "fail_over";
    case choice_reason::all_silent:
        return "all_silent";
    }
    return "only_one";
}

std::optional<path_choice> path_selector::choose(
    std::span<const path_facts> paths,
    time_point now
) {
    if (paths.empty()) {
        current_ = {};
        return std::nullopt;
    }
    const path_id before = current_;
    const path_facts* const current = find(paths, before);
    const path_facts* const best = best_of(paths, now);
    if (best == nullptr) {
        current_ = current != nullptr ? current->id : paths.front().id;
        return path_choice{current_, choice_reason::all_silent};
    }
    current_ = best->id;
    if (paths.size() == 1) return path_choice{current_, choice_reason::only_one};
    if (current == nullptr || silent_at(*current) <= now) {
        const bool is_first = before == path_id{};
        const auto why = best->is_relayed ? choice_reason::is_faster : choice_reason::is_direct;
        return path_choice{current_, is_first ? why : choice_reason::fail_over};
    }
    if (best->is_relayed != current->is_relayed)
        return path_choice{current_, choice_reason::is_direct};
    if (is_worth_moving(biased_rtt_of(*current), biased_rtt_of(*best)))
        return path_choice{current_, choice_reason::is_faster};
    current_ = before;
    return path_choice{current_, choice_reason::is_kept};
}

time_point path_selector::next_deadline(
    std::span<const path_facts> paths,
    path_id current
) noexcept {
    const path_facts* const path = find(paths, current);
    return path == nullptr ? no_deadline : silent_at(*path);
}

}  // namespace meshhost::nat::proto
