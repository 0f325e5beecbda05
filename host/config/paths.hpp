// SPDX-License-Identifier: Apache-2.0
#pragma once
// The usual places: where a host keeps things when its configuration does not say. Variables of
// systemd come first, then root's places, then the user's (XDG); a relative path in any of them is
// ignored, as the XDG specification asks.
#include "base/error.hpp"
#include "config/config_loader.hpp"
#include "config/surroundings.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

namespace meshhost::config {

/// $STATE_DIRECTORY, else /var/lib/meshhost/INSTANCE for root, else
/// ($XDG_STATE_HOME | ~/.local/state)/meshhost/INSTANCE, else below private_tmp_dir().
std::filesystem::path default_data_dir(const surroundings& around, std::string_view instance);

/// $RUNTIME_DIRECTORY/INSTANCE.sock, else /run/meshhost/INSTANCE.sock for root, else
/// $XDG_RUNTIME_DIR/meshhost/INSTANCE.sock, else in private_tmp_dir().
std::filesystem::path default_socket(const surroundings& around, std::string_view instance);

/// Where a client should look for that socket, likeliest first: its own default_socket(), then
/// those of a host that root or systemd runs.
std::vector<std::filesystem::path> socket_candidates(
    const surroundings& around,
    std::string_view instance
);

/// EXE_DIR/../plugins in a build tree, else EXE_DIR/../lib/meshhost/plugins.
std::filesystem::path default_plugin_dir(const surroundings& around);

/// /tmp/meshhost-UID: the last resort, so that a host runs in the barest environment.
std::filesystem::path private_tmp_dir(const surroundings& around);

/// Replaces each empty path, and an empty node name, by its usual value; the origin stays
/// "default". The name is the machine's, with "-INSTANCE" unless that is "default".
void fill_in_defaults(loaded_config& loaded, const surroundings& around);

/// Makes `dir` with mode 0700, with its missing parents. One that is there must be a directory, not
/// a link, of this user or root, that nobody else can write to. Errors: E_DIR_UNSAFE
/// (not_permitted), E_DIR.
outcome<void> make_private_dir(const std::filesystem::path& dir);

}  // namespace meshhost::config
