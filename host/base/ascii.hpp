// SPDX-License-Identifier: Apache-2.0
#pragma once
// Letters and digits as protocols mean them, whatever the locale.
#include <string>
#include <string_view>

namespace meshhost {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// A to Z only.
inline std::string in_lower_case(std::string_view text) {
    std::string out(text);
    for (char& each : out)
        if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
    return out;
}

}  // namespace meshhost
