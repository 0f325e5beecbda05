// SPDX-License-Identifier: Apache-2.0
#pragma once
// The permission "state:<size>": how many bytes of keys and values a role may keep.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin::proto {

/// "state:64MiB" → 67108864. KiB, MiB and GiB are known, a bare number is of bytes; nullopt for
/// anything else.
std::optional<std::uint64_t> state_size(std::string_view permission) noexcept;

/// The most that one of them grants, or what everybody gets.
std::uint64_t state_quota(const std::vector<std::string>& granted) noexcept;

}  // namespace meshhost::plugin::proto
