// SPDX-License-Identifier: Apache-2.0
#pragma once
// A child process that does not outlive its parent.
#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "lab/process.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace meshhost::lab {

struct spawn_request {
    std::filesystem::path program;
    std::vector<std::string> arguments;  ///< without the program's name
    std::filesystem::path log;           ///< standard error is appended to it
    std::filesystem::path directory;     ///< to run in
};

struct child_process {
    process_name process;
    unique_fd output;  ///< the end of its standard output to read from; does not block
};

/// Starts it in this process's group, with nothing of this process's settings for a host in its
/// environment, and no descriptor but the three. The kernel kills it when the calling thread ends.
/// Errors: those of the kernel; a program that cannot be executed ends with status 127.
result<child_process> spawn(const spawn_request& asked);

}  // namespace meshhost::lab
