// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.identity/1 on the link, for an instance in a process that has no key.
#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace meshhost::plugin::proto {

namespace up {

struct signing_asked {
    std::uint64_t number = 0;
    std::string context;
    byte_buffer message;
};

}  // namespace up

namespace down {

struct signing_done {
    std::uint64_t number = 0;
    std::optional<std::array<std::uint8_t, 64>> signature;  ///< nullopt: not granted
};

}  // namespace down

}  // namespace meshhost::plugin::proto
