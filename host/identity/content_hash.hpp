// SPDX-License-Identifier: Apache-2.0
#pragma once
// BLAKE3-256: what iroh names contents by. The plain hash of "BLAKE3: one function, fast
// everywhere" (O'Connor, Aumasson, Neves, Wilcox-O'Hearn), and its key derivation, which relays ask
// for; no keyed mode, no longer output. docs/decisions/0006-our-own-blake3.md says why it is
// written here.
#include "base/bytes.hpp"

#include <array>
#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace meshhost::identity {

/// The 32 bytes of a BLAKE3 hash. A default-made one is all zeros.
struct content_hash {
    static constexpr std::size_t size = 32;

    std::array<std::uint8_t, size> bytes{};

    std::string to_hex() const { return meshhost::to_hex(bytes); }

    friend auto operator<=>(const content_hash&, const content_hash&) = default;
};

/// The BLAKE3-256 hash of `content`, which may be empty. Allocates nothing.
content_hash hash_content(bytes_view content) noexcept;

/// 32 bytes that `material` gives for one use, which `context` names for all programs alike
/// (BLAKE3's derive_key mode, section 2.3 of its paper). Allocates nothing.
std::array<std::uint8_t, content_hash::size> derive_key(
    std::string_view context,
    bytes_view material
) noexcept;

}  // namespace meshhost::identity

template <>
struct std::hash<meshhost::identity::content_hash> {
    std::size_t operator()(const meshhost::identity::content_hash& id) const noexcept {
        // A hash is uniform already; any eight bytes of it will do.
        std::size_t value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i)
            value = value << 8 | id.bytes[i];
        return value;
    }
};
