// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a group of endpoints gossips about: 32 bytes that they agreed on before. An address, not a
// secret: knowing it admits nobody.
#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <string>

namespace meshhost::identity {

/// A default-made id is all zeros and names no topic.
class topic_id {
public:
    static constexpr std::size_t size = 32;

    topic_id() = default;
    explicit topic_id(const std::array<std::uint8_t, size>& bytes) noexcept
        : bytes_(bytes) {}

    /// nullopt unless `bytes` is 32 bytes long; every value of these is a topic.
    static std::optional<topic_id> from_bytes(bytes_view bytes) noexcept {
        if (bytes.size() != size) return std::nullopt;
        topic_id id;
        std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
        return id;
    }

    bytes_view bytes() const noexcept { return bytes_; }

    std::string to_hex() const { return meshhost::to_hex(bytes_); }
    /// The first 5 bytes in hex: for logs and tables.
    std::string short_text() const { return meshhost::to_hex(bytes().first(short_size)); }

    friend auto operator<=>(const topic_id&, const topic_id&) = default;

private:
    static constexpr std::size_t short_size = 5;

    std::array<std::uint8_t, size> bytes_{};
};

}  // namespace meshhost::identity
