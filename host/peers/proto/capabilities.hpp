// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a node can do for others: the bits of a digest's capabilities (docs/wire/digest.md, tag 10).
// A bit that a reader does not know means nothing to it; a bit keeps its meaning for good.
#include <array>
#include <cstdint>

namespace meshhost::peers::proto {

enum class capability : std::uint64_t {
    gossip = 1u << 0,      ///< passes on what is said in the topics that it is in
    introspect = 1u << 1,  ///< answers other members over mesh/introspect/1
    collect = 1u << 2,     ///< takes spans of others for its collector
};

struct named_capability {
    capability bit;
    const char* name;
};

/// In the order of the bits, with the words of every view.
inline constexpr std::array<named_capability, 3> capabilities{
    {{capability::gossip, "gossip"},
     {capability::introspect, "introspect"},
     {capability::collect, "collect"}}};

constexpr std::uint64_t bit_of(capability one) noexcept {
    return static_cast<std::uint64_t>(one);
}

constexpr bool has(std::uint64_t bits, capability one) noexcept {
    return (bits & bit_of(one)) != 0;
}

}  // namespace meshhost::peers::proto
