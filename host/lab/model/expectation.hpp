// SPDX-License-Identifier: Apache-2.0
#pragma once
// What somebody expects of a mesh after they broke something, as they write it:
//   "dead within 8s, mesh reconverges within 3s, nobody else dead for 10s"
#include "base/error.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::lab::model {

enum class expectation_kind : std::uint8_t {
    state_seen,        ///< STATE within TIME: every other living host sees the target so
    known_everywhere,  ///< known everywhere within TIME: ... sees it as it is, running or gone
    reconverges,       ///< mesh reconverges within TIME, from when the expectation before was met
    nobody_else,       ///< nobody else STATE [for TIME]: no other host is taken for it
};

struct expectation {
    expectation_kind kind = expectation_kind::state_seen;
    std::string state;  ///< "dead"; empty where the kind needs none
    duration limit{};   ///< 0 of nobody_else: as long as the others take
    friend bool operator==(const expectation&, const expectation&) = default;
};

inline constexpr std::size_t expectations_max = 16;

/// Separated by commas or "and". Errors: E_EXPECT (usage), with the column, counted from 1.
outcome<std::vector<expectation>> parse_expectations(std::string_view text);

/// As one would write it.
std::string to_text(const expectation& what);

}  // namespace meshhost::lab::model
