// SPDX-License-Identifier: Apache-2.0
#pragma once
// The key on disk: one line of 64 hex digits (the seed) and a newline, mode 0600.
#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "identity/secret_key.hpp"

#include <filesystem>

namespace meshhost::identity {

/// Reads a key file. Refuses a symlink, anything but a regular file, a file that another user
/// owns or that group or others can read, and a damaged one; never repairs and never overwrites.
/// Errors: E_KEY_MISSING (unreachable), E_KEY_PERMISSIONS (not_permitted), E_KEY_DAMAGED
/// (invalid), E_KEY_IO.
outcome<secret_key> load_key_file(const std::filesystem::path& path);

/// Writes a new key file, atomically: it is there whole, or not at all. Makes missing parent
/// directories with mode 0700. Errors: E_KEY_EXISTS, E_KEY_IO.
outcome<secret_key> create_key_file(const std::filesystem::path& path, const secret_key& key);

struct key_source {
    secret_key key;
    bool created = false;  ///< false: it was already there
};

/// Loads the key at `path`, or makes one there when nothing is there yet. Two processes that
/// start at once end with the same key.
outcome<key_source> load_or_create_key_file(const std::filesystem::path& path);

/// Says that this process is the one that runs with the key, until the descriptor is closed: two
/// hosts with one key would take each other's connections. Errors: E_KEY_IN_USE, E_KEY_IO.
outcome<unique_fd> claim_key_file(const std::filesystem::path& path);

}  // namespace meshhost::identity
