// SPDX-License-Identifier: Apache-2.0
#include "observe/question_table.hpp"

#include <algorithm>
#include <optional>

namespace meshhost::observe {

namespace {

std::string_view take_segment(std::string_view& path) {
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    return segment;
}

/// nullopt: they do not fit.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
    std::vector<std::string> words;
    if (std::count(pattern.begin(), pattern.end(), '/')
        != std::count(path.begin(), path.end(), '/'))
        return std::nullopt;
    while (!pattern.empty()) {
        const auto wanted = take_segment(pattern);
        const auto segment = take_segment(path);
        if (wanted != "*" && wanted != segment) return std::nullopt;
        if (wanted == "*" && segment.empty()) return std::nullopt;
        if (wanted == "*") words.emplace_back(segment);
    }
    return words;
}

}  // namespace

bool question_table::answer(const http::request& asked, const admin::answer_ptr& to) const {
    for (const auto& [pattern, handle] : routes_) {
        auto words = match(pattern, asked.path);
        if (!words) continue;
        handle({asked, std::move(*words)}, to);
        return true;
    }
    return false;
}

}  // namespace meshhost::observe
