// SPDX-License-Identifier: Apache-2.0
#pragma once
// Texts of others, no longer than they may be.
#include <string>
#include <string_view>

namespace meshhost {

/// The first `bytes_max` bytes of a text in UTF-8, less what would be half a character.
inline std::string cut(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return std::string(text);
    auto end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return std::string(text.substr(0, end));
}

}  // namespace meshhost
