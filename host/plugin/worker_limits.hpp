// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the kernel keeps a worker process from.
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/worker_reach.hpp"

#include <cstdint>

namespace meshhost::plugin {

/// Who root's workers become: "nobody" on every Linux that follows the LSB; a name would need files
/// and services to resolve.
inline constexpr unsigned worker_user = 65534;

/// No privileges can be gained any more; a process that was started by root becomes nobody; it
/// leaves no core files, and touches nothing beyond `reach` (worker_sandbox.hpp). Before the plugin
/// is loaded. Errors: MP207, when it cannot give up what it must.
checked<> confine(const proto::worker_reach& reach);

/// Its data memory: `bytes` and what the host's own code needs beside them. 0: nothing.
void limit_memory(std::uint64_t bytes);

}  // namespace meshhost::plugin
