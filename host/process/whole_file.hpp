// SPDX-License-Identifier: Apache-2.0
#pragma once
// Small files that are read whole and replaced whole: after a crash or on a full disk there is the
// old one or the new one.
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::process {

/// nullopt: it is no regular file, cannot be read, or is longer than `size_max` bytes. Blocks.
std::optional<std::string> read_whole(const std::filesystem::path& file, std::size_t size_max);

/// By way of a file beside it, named like it and ".new". False: it cannot be written; errno says
/// why, what was there is unchanged, and nothing is left beside it. Blocks; does not wait for the
/// disk to have it.
bool replace_whole(const std::filesystem::path& file, std::string_view text);

}  // namespace meshhost::process
