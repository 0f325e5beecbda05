// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a plugin says, as text that JSON carries and a terminal shows and does not obey.
#include <cstddef>
#include <string>
#include <string_view>

namespace meshhost::plugin::proto {

/// At most `size_max` bytes of `text`. Control characters become spaces, and what is not UTF-8
/// question marks.
std::string plain_text(std::string_view text, std::size_t size_max);

}  // namespace meshhost::plugin::proto
