// SPDX-License-Identifier: Apache-2.0
#pragma once
// Live reload on the link: the host offers a configuration to all instances whose own has changed,
// and when all of them accept it becomes current everywhere.
#include <cstdint>
#include <string>

namespace meshhost::plugin::proto {

namespace up {

struct config_judged {
    std::uint64_t reload = 0;  ///< as offered
    std::int32_t status = 0;   ///< MESH_OK: accepted
    std::string words;
};

}  // namespace up

namespace down {

struct config_offered {
    std::uint64_t reload = 0;
    std::string json;
};

struct config_decided {
    std::uint64_t reload = 0;
    bool is_accepted = false;
};

}  // namespace down

}  // namespace meshhost::plugin::proto
