// SPDX-License-Identifier: Apache-2.0
#pragma once
// A private file that comes into being all at once, and never in the place of another.
#include "base/bytes.hpp"
#include "base/error.hpp"

#include <filesystem>

namespace meshhost::identity {

/// Writes `content` to the new file `name`, mode 0600 whatever the umask, in the open directory
/// `dir`, and waits until both are on the disk. The file appears whole or not at all; one that is
/// there is left alone. Errors: EEXIST, and whatever the kernel says; then nothing is left
/// behind, except that after a failure to sync the directory the whole file is there.
error_code write_new_file(int dir, const std::string& name, bytes_view content);

/// Makes `dir` and its missing parents, mode 0700 whatever the umask.
error_code make_private_directories(const std::filesystem::path& dir);

}  // namespace meshhost::identity
