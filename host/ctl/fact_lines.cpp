// SPDX-License-Identifier: Apache-2.0
#include "ctl/fact_lines.hpp"

#include "ctl/terminal_text.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

constexpr std::size_t right_half_at = 50;  ///< where the second fact of a line begins

}  // namespace

std::string one_fact(std::string_view name, const std::string& value) {
    return fmt::format("{:<10}{}\n", name, value);
}

std::string two_facts(
    std::string_view left_name,
    const std::string& left,
    std::string_view right_name,
    const std::string& right
) {
    std::string line = fmt::format("{:<10}{}", left_name, left);
    const auto width = display_width(line);
    line += width < right_half_at ? std::string(right_half_at - width, ' ') : "  ";
    return fmt::format("{}{:<6}{}\n", line, right_name, right);
}

std::string many_facts(std::string_view name, const std::vector<std::string>& rows) {
    std::string text;
    for (const auto& row : rows) {
        text += one_fact(name, row);
        name = "";
    }
    return text;
}

}  // namespace meshhost::ctl
