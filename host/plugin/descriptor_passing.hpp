// SPDX-License-Identifier: Apache-2.0
#pragma once
// Hands open files from process to process over a socket (unix(7), SCM_RIGHTS).
#include "base/unique_fd.hpp"

namespace meshhost::plugin {

/// False: the other end does not take it, now or ever.
bool send_descriptor(int socket, int descriptor) noexcept;

/// None: nothing waits there.
unique_fd receive_descriptor(int socket) noexcept;

}  // namespace meshhost::plugin
