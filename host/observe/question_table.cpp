// SPDX-License-Identifier: Apache-2.0
#include "observe/question_table.hpp"

#include "admin/request_fields.hpp"
#include "base/near_miss.hpp"
#include "base/quote.hpp"
#include "observe/answers.hpp"

#include <fmt/format.h>

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

/// Whoever mistypes one would take the answer for what was asked for.
std::optional<failure> object_to(
    const http::query_map& query,
    const question_table::parameters& taken
) {
    const auto stray = std::find_if(query.begin(), query.end(), [&](const auto& field) {
        return std::find(taken.begin(), taken.end(), field.first) == taken.end();
    });
    if (stray == query.end()) return std::nullopt;
    auto refused = admin::bad_request(fmt::format(
        "there is no parameter {} here: {}",
        in_quotes(stray->first),
        taken.empty() ? "none is taken" : fmt::format("{}", fmt::join(taken, ", "))
    ));
    if (const auto meant = nearest(stray->first, taken)) refused.hint = *meant + ", perhaps?";
    return refused;
}

}  // namespace

bool question_table::answer(const http::request& asked, const admin::answer_ptr& to) const {
    for (const auto& [pattern, taken, handle] : routes_) {
        auto words = match(pattern, asked.path);
        if (!words) continue;
        if (const auto objection = object_to(asked.query, taken))
            refuse_with(to, *objection);
        else
            handle({asked, std::move(*words)}, to);
        return true;
    }
    return false;
}

}  // namespace meshhost::observe
