// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tables that this host offers. Each is one constant for all instances: the functions find
// theirs by the mesh_host they are called with.
#include <string_view>

namespace meshhost::plugin {

/// nullptr when this host does not offer `id`. Any thread.
const void* find_host_table(std::string_view id) noexcept;

const void* log_table() noexcept;
const void* config_table() noexcept;
const void* timer_table() noexcept;
const void* peers_table() noexcept;
const void* digest_table() noexcept;

}  // namespace meshhost::plugin
