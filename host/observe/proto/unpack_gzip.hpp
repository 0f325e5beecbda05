// SPDX-License-Identifier: Apache-2.0
#pragma once
// What others packed (RFC 1952), unpacked up to a limit: a few bytes may stand for gigabytes. Pure.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

enum class unpack_fault : std::uint8_t { not_gzip, too_large };

struct unpacked {
    std::string text;  ///< empty where there is a fault
    std::optional<unpack_fault> fault = {};
};

/// All of `packed` is gzip, of one member or of several.
unpacked unpack_gzip(std::string_view packed, std::size_t bytes_max);

}  // namespace meshhost::observe::proto
