// SPDX-License-Identifier: Apache-2.0
#pragma once
// The part of a request's target behind '?' (RFC 3986 §3.4), as forms write it: "a=1&b=x%20y".
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::http {

using query_map = std::map<std::string, std::string, std::less<>>;

inline constexpr std::size_t query_bytes_max = 4096;
inline constexpr std::size_t query_fields_max = 32;

/// Undoes %XX; nullopt when a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);
/// Leaves letters, digits and "-._~" as they are.
std::string percent_encode(std::string_view text);

/// Decoded; '+' is a space, a field without '=' has an empty value. nullopt: over a limit, badly
/// encoded, no UTF-8, or a field twice, which no two readers would understand alike.
std::optional<query_map> parse_query(std::string_view text);
/// What parse_query() reads back.
std::string format_query(const query_map& query);

}  // namespace meshhost::http
