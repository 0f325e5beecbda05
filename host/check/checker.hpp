// SPDX-License-Identifier: Apache-2.0
#pragma once
// `meshhost --check FILE`: the parent's side of it.
#include "check/report.hpp"

#include <cstdint>
#include <string>

namespace meshhost::check {

struct check_request {
    std::string path;
    int level = 2;
    std::uint64_t seed = 1;
};

/// Up to the level asked for; a level that fails ends it, for the next would say the same again.
report check_plugin(const check_request& asked);

}  // namespace meshhost::check
