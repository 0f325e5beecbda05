// SPDX-License-Identifier: Apache-2.0
#pragma once
// Exhausted budgets on the link.
#include <cstdint>
#include <string>

namespace meshhost::plugin::proto::up {

struct budget_exhausted {
    std::uint64_t refusals = 0;  ///< since the last one of these
    std::string words;
};

}  // namespace meshhost::plugin::proto::up
