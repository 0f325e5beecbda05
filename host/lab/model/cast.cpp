// SPDX-License-Identifier: Apache-2.0
#include "lab/model/cast.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace meshhost::lab::model {
namespace {

/// How many of eighteen; compute takes whatever is left over.
struct share {
    const char* role;
    const char* tier;
    std::size_t of_18;
};

constexpr std::array<share, 5> shares{{
    {"broker", "hub", 2},
    {"gateway", "hub", 2},
    {"compute", "edge", 11},
    {"registry", "edge", 2},
    {"bridge", "edge", 1},
}};
constexpr std::size_t compute_place = 2;

/// By role, in the order of `shares`.
std::array<std::size_t, shares.size()> counts_of(std::size_t nodes) {
    std::array<std::size_t, shares.size()> counts{};
    std::size_t taken = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (i == compute_place || (nodes < shares.size() && i >= nodes)) continue;
        counts[i] = std::max<std::size_t>(1, nodes * shares[i].of_18 / 18);
        taken += counts[i];
    }
    counts[compute_place] = nodes - taken;
    return counts;
}

}  // namespace

identity::secret_key lab_key(std::uint64_t seed, std::size_t place) {
    std::array<std::uint8_t, identity::secret_key::seed_size> root{};
    for (std::size_t i = 0; i < sizeof seed; ++i)
        root[i] = static_cast<std::uint8_t>(seed >> (8 * i));
    const auto derived =
        identity::secret_key::from_seed(root).derive(fmt::format("meshhost lab host {}", place));
    return identity::secret_key::from_seed(derived);
}

std::vector<cast_member> make_cast(std::size_t nodes, std::uint64_t seed) {
    MH_ASSERT(nodes >= 1 && nodes <= nodes_max, "a lab of a size that we can number");
    const auto counts = counts_of(nodes);
    std::vector<cast_member> cast;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        for (std::size_t number = 1; number <= counts[i]; ++number) {
            const auto& [role, tier, ignored] = shares[i];
            cast.push_back(
                {fmt::format("{}-{:02}", role, number), role, tier, lab_key(seed, cast.size())}
            );
        }
    }
    return cast;
}

}  // namespace meshhost::lab::model
