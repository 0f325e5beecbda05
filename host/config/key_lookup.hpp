// SPDX-License-Identifier: Apache-2.0
#pragma once
// From what somebody wrote, a path or a variable, to the row of the table of keys, or to the row
// that was probably meant.
#include "config/config_key.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::config {

/// Stands for the name of any plugin in the paths of the table of keys.
inline constexpr std::string_view any_instance = "*";

/// A key's place in a document: {"net", "port"}, {"plugin", "compute-0", "path"}.
using key_path = std::vector<std::string>;

key_path split_path(std::string_view dotted);
/// Dotted again; parts that TOML would quote are quoted.
std::string path_text(std::span<const std::string> path);

/// The row of exactly this key; nullptr when there is none.
const config_key* find_key(std::span<const std::string> path);
/// The row of the free table that this path leads into; nullptr when it leads into none.
const config_key* find_free_table(std::span<const std::string> path);
/// Whether the key is there once for each plugin.
bool is_per_instance(const config_key& key);
/// The part of the path that stands for the "*"; nullopt when it is about no plugin.
std::optional<std::string> instance_of(std::span<const std::string> path);

/// Whether a table may stand at this path.
bool is_table(std::span<const std::string> path);

/// "MESHHOST_NET__PORT"; nullopt for the keys of plugins, whose instance names no variable can
/// spell.
std::optional<std::string> environment_name(const config_key& key);
/// The row whose variable this is; nullptr when there is none.
const config_key* find_environment(std::string_view name);

/// What the unknown `path` was probably meant to be.
std::optional<std::string> suggest_key(std::span<const std::string> path);
std::optional<std::string> suggest_table(std::span<const std::string> path);
std::optional<std::string> suggest_environment(std::string_view name);

}  // namespace meshhost::config
