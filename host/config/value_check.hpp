// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether one value suits its key, and if not, why: in words for the person who wrote it.
#include "config/config_key.hpp"
#include "config/toml_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meshhost::config {

struct value_fault {
    text_position at;     ///< of the value, or of the element of a list that is wrong
    std::string message;  ///< "`net.port` must be 0..65535, not 70000"
    std::string hint;     ///< may be empty
};

/// Type first, then the rule. Every faulty element of a list is named; empty: all is well.
/// `path` is the key's with its instance, for the messages.
std::vector<value_fault> check_value(
    const config_key& key,
    std::string_view path,
    const toml_item& item
);

}  // namespace meshhost::config
