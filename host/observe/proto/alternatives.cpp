// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/alternatives.hpp"

#include "base/list_text.hpp"

namespace meshhost::observe::proto {

std::vector<std::string_view> split_alternatives(std::string_view patterns) {
    std::vector<std::string_view> all;
    for_each_part(patterns, [&](std::string_view each) { all.push_back(each); });
    return all;
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
    const auto first_star = pattern.find('*');
    if (first_star == std::string_view::npos) return text == pattern;
    const auto last_star = pattern.rfind('*');
    const auto begin = pattern.substr(0, first_star);
    const auto end = pattern.substr(last_star + 1);
    if (text.size() < begin.size() + end.size() || !text.starts_with(begin) || !text.ends_with(end))
        return false;
    auto middle = text.substr(begin.size(), text.size() - begin.size() - end.size());
    auto parts = pattern.substr(first_star, last_star - first_star);
    while (!parts.empty()) {
        parts.remove_prefix(1);
        const auto part = parts.substr(0, parts.find('*'));
        const auto found = middle.find(part);
        if (found == std::string_view::npos) return false;
        middle.remove_prefix(found + part.size());
        parts.remove_prefix(part.size());
    }
    return true;
}

bool matches_any(std::string_view patterns, std::string_view text) {
    return any_part(patterns, [&](std::string_view each) { return matches_pattern(each, text); });
}

}  // namespace meshhost::observe::proto
