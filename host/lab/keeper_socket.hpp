// SPDX-License-Identifier: Apache-2.0
#pragma once
// The socket between a lab's keeper and meshctl: lines of JSON both ways.
#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <filesystem>

namespace meshhost::lab {

/// Errors: E_LAB_DIR.
outcome<unique_fd> listen_for_commands(const std::filesystem::path& lab_dir);
/// Errors: E_LAB_DOWN (no_daemon) when no keeper answers.
outcome<unique_fd> connect_to_keeper(const std::filesystem::path& lab_dir);

/// Whether a socket of this name can be made there: their paths are short (unix(7)).
bool fits_socket(const std::filesystem::path& path);

}  // namespace meshhost::lab
