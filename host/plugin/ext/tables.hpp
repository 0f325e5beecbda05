// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tables that this host offers. Each is one constant for all instances: the functions find
// theirs by the mesh_host they are called with.
#include <span>
#include <string>
#include <string_view>

namespace meshhost::plugin {

/// nullptr when there is no table `id`, or it is withheld: this host has nothing behind it. Any
/// thread.
const void* find_host_table(
    std::string_view id,
    std::span<const std::string> withheld = {}
) noexcept;

const void* log_table() noexcept;
const void* config_table() noexcept;
const void* timer_table() noexcept;
const void* peers_table() noexcept;
const void* digest_table() noexcept;
const void* stream_table() noexcept;
const void* fd_table() noexcept;
const void* state_table() noexcept;
const void* worker_table() noexcept;
const void* health_table() noexcept;
const void* metrics_table() noexcept;
const void* trace_table() noexcept;
const void* gossip_table() noexcept;
const void* message_table() noexcept;
const void* identity_table() noexcept;

}  // namespace meshhost::plugin
