// SPDX-License-Identifier: Apache-2.0
#pragma once
// A process may be started in any state: descriptors closed, a wide umask, SIGPIPE deadly.

namespace meshhost::process {

/// Call first in main(), before anything opens a file: occupies descriptors 0 to 2 (a socket that
/// got one of them would receive the logs), makes new files private, and turns writes to closed
/// pipes, and beyond the size that files may have, into errors.
void make_process_safe();

}  // namespace meshhost::process
