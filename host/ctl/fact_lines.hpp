// SPDX-License-Identifier: Apache-2.0
#pragma once
// Facts below each other: a name in a narrow column and what is true of it. Pure.
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

std::string one_fact(std::string_view name, const std::string& value);

/// A second fact in the right half of the line.
std::string two_facts(
    std::string_view left_name,
    const std::string& left,
    std::string_view right_name,
    const std::string& right
);

/// `rows` beside one name; nothing when there are none.
std::string many_facts(std::string_view name, const std::vector<std::string>& rows);

}  // namespace meshhost::ctl
