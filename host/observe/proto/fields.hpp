// SPDX-License-Identifier: Apache-2.0
#pragma once
// What other hosts say of themselves in JSON, read with limits; and how it is told on. Pure.
#include "base/json_value.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

/// Cut to `bytes_max`; empty when it is no text.
std::string text_at(
    const boost::json::object& of,
    std::string_view key,
    std::size_t bytes_max = 64
);

/// 0 to 2^53, what JavaScript's numbers hold; nullopt when it is no number, or below 0.
std::optional<std::uint64_t> number_at(const boost::json::object& of, std::string_view key);

/// Of a counter that was `before` so many milliseconds ago; nullopt when it began anew since.
std::optional<std::uint64_t> per_second(std::uint64_t before, std::uint64_t now, std::uint64_t ms);

/// nullptr when it is none.
const boost::json::object* object_at(const boost::json::object& of, std::string_view key);

using meshhost::text_or_null;

/// The first two digits: what changes behind them is no news. null for nullopt.
boost::json::value rounded_or_null(const std::optional<std::uint64_t>& value);

}  // namespace meshhost::observe::proto
