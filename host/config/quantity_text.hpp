// SPDX-License-Identifier: Apache-2.0
#pragma once
// Budgets as people write them: CPU in cores or millicores, memory with a binary unit; and when a
// digest is sent.
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::config {

/// Thousandths of a core: "250m", or cores with at most three decimals, "0.25" or "2". From 1m to
/// 1,000,000m; nullopt for anything else. Empty is 0: none declared.
std::optional<std::uint32_t> parse_cpu_share(std::string_view text);

/// Bytes: digits and KiB, MiB, GiB or TiB, "64MiB". From 1 KiB to 1 PiB; nullopt for anything
/// else. Empty is 0: none declared.
std::optional<std::uint64_t> parse_memory_size(std::string_view text);

/// When the digest goes out: "change" is 0, "interval:500ms" that time; 100 ms to an hour, nullopt
/// for anything else.
std::optional<duration> parse_emit_mode(std::string_view text);

}  // namespace meshhost::config
