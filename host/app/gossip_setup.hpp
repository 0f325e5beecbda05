// SPDX-License-Identifier: Apache-2.0
#pragma once
// From settings to what the gossip needs.
#include "base/error.hpp"
#include "config/host_config.hpp"
#include "gossip/gossip_service.hpp"

namespace meshhost::app {

/// `seed` is of the draws that the protocol makes.
gossip::gossip_options gossip_options_of(const config::gossip_config& settings, std::uint64_t seed);

/// What the hosts of the mesh share, without the line break at its end; empty for an empty path.
/// Errors: E_MESH_SECRET (not_permitted when others can read it, too).
outcome<byte_buffer> read_mesh_secret(const std::filesystem::path& file);

}  // namespace meshhost::app
