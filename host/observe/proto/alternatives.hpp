// SPDX-License-Identifier: Apache-2.0
#pragma once
// Values of a filter: alternatives with commas between them, each a text in which `*` stands for
// anything. Pure; takes time in proportion to the text, not to its power.
#include <string_view>
#include <vector>

namespace meshhost::observe::proto {

/// Of "a,b"; at least one, which may be empty.
std::vector<std::string_view> split_alternatives(std::string_view patterns);

/// `pattern` is one alternative.
bool matches_pattern(std::string_view pattern, std::string_view text);

bool matches_any(std::string_view patterns, std::string_view text);

}  // namespace meshhost::observe::proto
