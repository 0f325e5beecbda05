// SPDX-License-Identifier: Apache-2.0
#pragma once
// The process that runs one isolated role: the same code as in the host, with a socket in place of
// the shard.

namespace meshhost::plugin {

/// What `<executable> --plugin-worker <path>` does, called first thing in main(). Its other inputs
/// are the descriptors of worker_request.hpp. Returns the exit code.
int plugin_worker_main(const char* path);

}  // namespace meshhost::plugin
