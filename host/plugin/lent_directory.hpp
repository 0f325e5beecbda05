// SPDX-License-Identifier: Apache-2.0
#pragma once
// The state directory of a role in a process of its own: it is there before that process is shut
// in, and when the host is root and that process is not, it belongs to the other user and can be
// reached.
#include <filesystem>

namespace meshhost::plugin {

/// Makes it; when this process is root's, gives it and what is in it to worker_user, and lets that
/// user pass (not look) through the two directories above, which stay closed to everything else.
/// What cannot be done, the role notices when it opens its state.
void lend_directory(const std::filesystem::path& directory);

}  // namespace meshhost::plugin
