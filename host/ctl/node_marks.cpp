// SPDX-License-Identifier: Apache-2.0
#include "ctl/node_marks.hpp"

#include <algorithm>
#include <iterator>

namespace meshhost::ctl {

const char* state_mark(std::string_view state, bool unicode) {
    struct mark {
        std::string_view state;
        const char* unicode;
        const char* ascii;
    };
    constexpr mark marks[] = {
        {"alive", "●", "*"},
        {"stale", "◐", "~"},
        {"joining", "◔", "."},
        {"connecting", "◔", "."},
        {"draining", "◌", "-"},
        {"degraded", "!", "!"},
        {"left", "○", "o"},
        {"dead", "✕", "x"},
        {"refused", "✕", "x"}};
    const auto* found = std::find_if(std::begin(marks), std::end(marks), [state](const mark& each) {
        return each.state == state;
    });
    if (found == std::end(marks)) return "?";
    return unicode ? found->unicode : found->ascii;
}

const char* tier_mark(std::string_view tier, bool unicode) {
    if (tier != "hub") return "";
    return unicode ? "⬢ " : "# ";
}

}  // namespace meshhost::ctl
