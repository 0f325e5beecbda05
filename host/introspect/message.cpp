// SPDX-License-Identifier: Apache-2.0
#include "introspect/message.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace meshhost::introspect {

namespace json = boost::json;

namespace {

constexpr std::size_t json_depth_max = 8;
constexpr unsigned status_min = 100;
constexpr unsigned status_max = 599;

byte_buffer with_length(const std::string& text) {
    byte_buffer out(sizeof(std::uint32_t) + text.size());
    for (std::size_t i = 0; i < sizeof(std::uint32_t); ++i)
        out[i] = static_cast<std::uint8_t>(text.size() >> (24 - 8 * i));
    std::copy(text.begin(), text.end(), out.begin() + sizeof(std::uint32_t));
    return out;
}

std::optional<json::object> parse_object(bytes_view message) {
    json::error_code ec;
    json::parse_options options;
    options.max_depth = json_depth_max;
    json::value parsed = json::parse(as_text(message), ec, {}, options);
    if (ec || !parsed.is_object()) return std::nullopt;
    return std::move(parsed.get_object());
}

/// Empty when it is not there; nullopt when it is something else than a string.
std::optional<std::string> text_in(const json::object& fields, std::string_view key) {
    const auto* value = fields.if_contains(key);
    if (value == nullptr || value->is_null()) return std::string();
    if (!value->is_string()) return std::nullopt;
    return std::string(value->get_string());
}

}  // namespace

std::optional<byte_buffer> encode(const question& asked) {
    const json::object fields{
        {"method", asked.asked.method},
        {"path", asked.asked.path},
        {"query", http::format_query(asked.asked.query)},
        {"body", asked.asked.body},
        {"proof", asked.proof}};
    const auto text = json::serialize(fields);
    if (text.size() > message_max) return std::nullopt;
    return with_length(text);
}

byte_buffer encode(const answer_head& head) {
    return with_length(
        json::serialize(json::object{{"status", head.status}, {"content_type", head.content_type}})
    );
}

std::optional<question> decode_question(bytes_view message) {
    const auto fields = parse_object(message);
    if (!fields) return std::nullopt;
    auto method = text_in(*fields, "method");
    auto path = text_in(*fields, "path");
    auto body = text_in(*fields, "body");
    auto proof = text_in(*fields, "proof");
    const auto query_text = text_in(*fields, "query");
    if (!method || !path || !body || !proof || !query_text) return std::nullopt;
    auto query = http::parse_query(*query_text);
    if (!query || method->empty() || path->empty()) return std::nullopt;
    return question{
        {std::move(*method), std::move(*path), std::move(*body), std::move(*query)},
        std::move(*proof)};
}

std::optional<answer_head> decode_head(bytes_view message) {
    const auto fields = parse_object(message);
    if (!fields) return std::nullopt;
    const auto* status = fields->if_contains("status");
    auto content_type = text_in(*fields, "content_type");
    if (status == nullptr || !status->is_int64() || !content_type) return std::nullopt;
    const auto number = status->get_int64();
    if (number < status_min || number > status_max) return std::nullopt;
    return answer_head{static_cast<unsigned>(number), std::move(*content_type)};
}

message_reader::state message_reader::take(bytes_view& data) {
    const auto move = [&data](byte_buffer& to, std::size_t until) {
        const auto count = std::min(data.size(), until - to.size());
        to.insert(to.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(count));
        data = data.subspan(count);
        return to.size() == until;
    };
    if (length_.size() < length_size) {
        if (!move(length_, length_size)) return state::reading;
        for (const auto digit : length_)
            size_ = size_ << 8 | digit;
    }
    if (size_ == 0 || size_ > message_max) return state::broken;
    return move(message_, size_) ? state::whole : state::reading;
}

}  // namespace meshhost::introspect
