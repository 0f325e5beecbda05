// SPDX-License-Identifier: Apache-2.0
#include "admin/request_fields.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <charconv>

namespace meshhost::admin {

namespace json = boost::json;

namespace {

constexpr std::size_t json_depth_max = 32;

failure out_of_range(std::string_view key, std::int64_t least, std::int64_t most) {
    return bad_request(fmt::format("{} must be {}..{}", key, least, most));
}

}  // namespace

failure bad_request(std::string message) {
    return {exit_code::usage, "E_BAD_REQUEST", std::move(message), ""};
}

outcome<json::object> parse_body(std::string_view body) {
    json::error_code ec;
    json::parse_options options;
    options.max_depth = json_depth_max;
    json::value parsed = json::parse(body, ec, {}, options);
    if (ec) return bad_request(fmt::format("the body is not JSON: {}", ec.message()));
    if (!parsed.is_object()) return bad_request("the body is not a JSON object");
    return std::move(parsed.get_object());
}

std::optional<failure> read_number(
    const json::object& body,
    std::string_view key,
    std::int64_t least,
    std::int64_t most,
    std::int64_t& out
) {
    const auto* value = body.if_contains(key);
    if (value == nullptr) return {};
    if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most)
        return out_of_range(key, least, most);
    out = value->get_int64();
    return {};
}

std::optional<failure> read_number(
    const http::query_map& query,
    std::string_view key,
    std::int64_t least,
    std::int64_t most,
    std::int64_t& out
) {
    const auto found = query.find(key);
    if (found == query.end()) return {};
    const auto& text = found->second;
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    if (!is_whole || number < least || number > most) return out_of_range(key, least, most);
    out = number;
    return {};
}

std::optional<failure> read_flag(const http::query_map& query, std::string_view key, bool& out) {
    const auto found = query.find(key);
    if (found == query.end()) return {};
    const bool is_yes = found->second == "true" || found->second == "1";
    const bool is_no = found->second == "false" || found->second == "0";
    if (!is_yes && !is_no) return bad_request(fmt::format("{} must be true or false", key));
    out = is_yes;
    return {};
}

std::string text_at(const http::query_map& query, std::string_view key) {
    const auto found = query.find(key);
    return found == query.end() ? std::string() : found->second;
}

}  // namespace meshhost::admin
