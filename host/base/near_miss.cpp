// SPDX-License-Identifier: Apache-2.0
#include "base/near_miss.hpp"

#include <algorithm>
#include <vector>

namespace meshhost {
namespace {

/// Longer texts are no typos, and comparing them costs their length squared.
constexpr std::size_t typo_size_max = 64;

std::string_view last_part(std::string_view dotted) {
    return dotted.substr(dotted.rfind('.') + 1);  // npos + 1 == 0: the whole
}

/// The distance of the whole texts, or of their last parts and one more for the missing rest.
std::size_t dotted_distance(std::string_view typo, std::string_view candidate) {
    const std::size_t whole = edit_distance(typo, candidate);
    const std::string_view typo_end = last_part(typo);
    const std::string_view candidate_end = last_part(candidate);
    const std::size_t ends = edit_distance(typo_end, candidate_end);
    if (ends > typo_end.size() / 3) return whole;
    return std::min(whole, ends + 1);
}

}  // namespace

std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before_last(to.size() + 1), last(to.size() + 1), row(to.size() + 1);
    for (std::size_t j = 0; j <= to.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        before_last.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped =
                i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[to.size()];
}

std::optional<std::string> nearest(std::string_view typo, std::span<const std::string> candidates) {
    if (typo.empty() || typo.size() > typo_size_max) return std::nullopt;
    std::size_t least = std::max<std::size_t>(1, typo.size() / 3) + 1;
    const std::string* best = nullptr;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = dotted_distance(typo, candidate);
        if (distance >= least) continue;
        least = distance;
        best = &candidate;
    }
    return best == nullptr ? std::nullopt : std::optional(*best);
}

}  // namespace meshhost
