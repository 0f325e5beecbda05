// SPDX-License-Identifier: Apache-2.0
#include "ctl/table_words.hpp"

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace meshhost::ctl {

namespace {

bool is_word_at(std::string_view text, std::size_t at, std::string_view beginning) {
    constexpr std::string_view between = " ,";
    const bool is_start = at == 0 || between.find(text[at - 1]) != std::string_view::npos;
    return is_start && text.substr(at).starts_with(beginning);
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (auto& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string upper_case(std::string_view text) {
    std::string upper(text);
    for (auto& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return upper;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    boost::algorithm::split(parts, text, boost::algorithm::is_any_of(","));
    return parts;
}

bool has_word(std::string_view text, const std::vector<std::string>& beginnings) {
    const auto lower = lower_case(text);
    return std::any_of(beginnings.begin(), beginnings.end(), [&](const std::string& beginning) {
        if (beginning.empty()) return lower.empty();
        for (std::size_t at = 0; at < lower.size(); ++at)
            if (is_word_at(lower, at, beginning)) return true;
        return false;
    });
}

std::string csv_cell(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    return fmt::format(
        "\"{}\"",
        boost::algorithm::replace_all_copy(std::string(text), "\"", "\"\"")
    );
}

std::string csv_number(double number) {
    constexpr double parts = 1000;
    return fmt::format("{}", std::round(number * parts) / parts);
}

}  // namespace meshhost::ctl
