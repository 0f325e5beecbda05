// SPDX-License-Identifier: Apache-2.0
#pragma once
// What requests carry, read with their limits. Every fault is E_BAD_REQUEST (usage).
#include "base/error.hpp"
#include "http/query.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::admin {

failure bad_request(std::string message);

/// The body as a JSON object; an empty one is no object.
outcome<boost::json::object> parse_body(std::string_view body);

/// Reads an optional whole number in [least, most] into `out`, which it leaves as it is when there
/// is none.
std::optional<failure> read_number(
    const boost::json::object& body,
    std::string_view key,
    std::int64_t least,
    std::int64_t most,
    std::int64_t& out
);
std::optional<failure> read_number(
    const http::query_map& query,
    std::string_view key,
    std::int64_t least,
    std::int64_t most,
    std::int64_t& out
);
/// "true" or "1", "false" or "0", or nothing.
std::optional<failure> read_flag(const http::query_map& query, std::string_view key, bool& out);

/// Empty when it is not there.
std::string text_at(const http::query_map& query, std::string_view key);

}  // namespace meshhost::admin
