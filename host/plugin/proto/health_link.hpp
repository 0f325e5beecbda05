// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.health/1 on the link.
#include <cstdint>
#include <string>

namespace meshhost::plugin::proto::up {

struct health_said {
    std::uint32_t health = 0;  ///< MESH_HEALTH_*
    std::string reason;
};

}  // namespace meshhost::plugin::proto::up
