// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the kernel keeps a worker process from.
#include <mesh/plugin.h>

#include "plugin/plugin_fault.hpp"

namespace meshhost::plugin {

/// Who root's workers become: "nobody" on every Linux that follows the LSB; a name would need files
/// and services to resolve.
inline constexpr unsigned worker_user = 65534;

/// No privileges can be gained any more; a worker that was started by root becomes nobody; its data
/// is limited to what its role declares, and to no core files. Before the plugin is loaded.
/// Errors: MP207, when it cannot give up what it must.
checked<> confine();

/// Its memory: the role's declared budget and what the host's own code needs beside it. Nothing
/// when the role declares none.
void limit_memory(const mesh_budget* budget);

}  // namespace meshhost::plugin
