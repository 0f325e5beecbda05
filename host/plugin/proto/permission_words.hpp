// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which permissions there are. One that this host does not know may be a later host's, or a typing
// error: it is told of, and nothing asks for it.
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::plugin::proto {

/// What is odd about a permission that a role declares or an operator grants; nullopt: nothing.
std::optional<std::string> oddity_of(std::string_view permission);

}  // namespace meshhost::plugin::proto
