// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where an instance keeps its state, and how much.
#include "plugin/proto/limits.hpp"

#include <cstdint>
#include <string>

namespace meshhost::plugin {

struct state_place {
    std::string directory;  ///< its own; empty: it has none
    std::uint64_t bytes_max = proto::state_bytes_default;
};

}  // namespace meshhost::plugin
