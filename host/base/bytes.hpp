// SPDX-License-Identifier: Apache-2.0
#pragma once
// Bytes: an owned buffer, a borrowed view (never stored), and their hexadecimal text.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost {

using byte_buffer = std::vector<std::uint8_t>;
using bytes_view = std::span<std::uint8_t const>;

inline bytes_view as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(bytes_view bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Lower-case hexadecimal.
std::string to_hex(bytes_view bytes);

/// Reads lower- or upper-case hexadecimal; nullopt for an odd length or any other character.
std::optional<byte_buffer> from_hex(std::string_view text);

}  // namespace meshhost
