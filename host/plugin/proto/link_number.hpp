// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names on the link for what lives at the host (see link_message.hpp).
#include <cstdint>

namespace meshhost::plugin::proto {

using link_number = std::uint64_t;
inline constexpr link_number host_number = std::uint64_t{1} << 63;

}  // namespace meshhost::plugin::proto
