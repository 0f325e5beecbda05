// SPDX-License-Identifier: Apache-2.0
#pragma once
// A look at a TOML text before toml++ sees it. toml++ limits the depth of arrays and inline tables
// but not of dotted keys, and frees nested tables by recursion: "a.a.a.…" in one file of 1 MiB
// would overflow the stack.
#include "config/toml_reader.hpp"

#include <optional>
#include <string_view>

namespace meshhost::config {

/// Where the text first nests deeper than `most`, counting dots of keys and brackets together;
/// nullopt when it never does. Right for TOML up to the first syntax error, and whatever comes
/// after that is never parsed.
std::optional<text_position> find_too_deep(std::string_view text, std::size_t most);

}  // namespace meshhost::config
