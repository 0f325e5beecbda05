// SPDX-License-Identifier: Apache-2.0
#pragma once
// An integer that cannot be mistaken for another integer.
#include <compare>
#include <cstdint>
#include <functional>

namespace meshhost {

template <class Tag, class Rep = std::uint64_t>
struct strong_id {
    Rep value{};

    constexpr strong_id() = default;
    constexpr explicit strong_id(Rep v) noexcept
        : value(v) {}
    friend constexpr auto operator<=>(const strong_id&, const strong_id&) = default;
};

/// One (local, remote) pair a connection may use. Issued by path_mux, which alone knows what is
/// behind it; 0 names no path.
using path_id = strong_id<struct path_id_tag, std::uint64_t>;

/// A QUIC stream id (RFC 9000 §2.1): the two low bits say who opened it and which kind it is.
using stream_id = strong_id<struct stream_id_tag, std::int64_t>;

}  // namespace meshhost

template <class Tag, class Rep>
struct std::hash<meshhost::strong_id<Tag, Rep>> {
    std::size_t operator()(meshhost::strong_id<Tag, Rep> id) const noexcept {
        return std::hash<Rep>{}(id.value);
    }
};
