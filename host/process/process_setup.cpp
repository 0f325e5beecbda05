// SPDX-License-Identifier: Apache-2.0
#include "process/process_setup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <malloc.h>

namespace meshhost::process {

namespace {

/// So large a buffer goes back to the system when it is freed. Left alone the allocator would raise
/// the bar with each one, and keep them all in pieces.
constexpr int large_buffer = 256 << 10;

}  // namespace

void make_process_safe() {
    int opened = ::open("/dev/null", O_RDWR);
    while (opened >= 0 && opened <= STDERR_FILENO)
        opened = ::open("/dev/null", O_RDWR);  // the lowest free descriptor, each time
    if (opened >= 0) ::close(opened);
    ::umask(077);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    ::mallopt(M_MMAP_THRESHOLD, large_buffer);
}

}  // namespace meshhost::process
