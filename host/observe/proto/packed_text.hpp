// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text that is kept for a while: JSON takes a tenth of its room. As zlib has it (RFC 1950). Pure.
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

std::string pack(std::string_view text);

/// Of what pack() or gzip_text made. `size`: of the text, in bytes.
std::string unpack(std::string_view packed, std::size_t size);

/// The same, line by line, without the newlines: as a whole it may take megabytes. A line is good
/// during the call.
void unpack_lines(std::string_view packed, const std::function<void(std::string_view line)>& take);

}  // namespace meshhost::observe::proto
