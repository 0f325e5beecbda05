// SPDX-License-Identifier: Apache-2.0
#pragma once
// Something that must hold between two figures of one room, as a value: asserted in tests, looked
// at by the audit in a running host.
#include <cstdint>
#include <string_view>

namespace meshhost {

/// Texts are literals.
struct invariant {
    enum class relation : std::uint8_t { equal, at_most };

    std::string_view rule;   ///< "connections.counted"
    std::string_view words;  ///< "opened less closed is alive"
    std::uint64_t expected = 0;
    std::uint64_t found = 0;
    relation how = relation::equal;

    constexpr bool holds() const noexcept {
        return how == relation::equal ? found == expected : found <= expected;
    }
};

/// `found` is of a table that may hold `most`.
constexpr invariant within(
    std::string_view rule,
    std::string_view words,
    std::uint64_t found,
    std::uint64_t most
) noexcept {
    return {rule, words, most, found, invariant::relation::at_most};
}

}  // namespace meshhost
