// SPDX-License-Identifier: Apache-2.0
#include "http/query.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace meshhost::http {

namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

/// -1: not a hexadecimal digit.
int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_plain(char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9')
           || std::string_view("-._~").find(c) != std::string_view::npos;
}

std::optional<std::string> decode_field(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    auto decoded = percent_decode(spaced);
    return decoded && is_utf8(*decoded) ? decoded : std::nullopt;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = digit_value(text[i + 1]);
        const int low = digit_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (is_plain(c)) {
            out += c;
            continue;
        }
        const auto value = static_cast<unsigned char>(c);
        out += {'%', digits[value / 16], digits[value % 16]};
    }
    return out;
}

std::optional<query_map> parse_query(std::string_view text) {
    if (text.size() > query_bytes_max) return std::nullopt;
    query_map all;
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto field = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (field.empty()) continue;
        const auto equals = std::min(field.find('='), field.size());
        const auto name = decode_field(field.substr(0, equals));
        const auto value = decode_field(field.substr(std::min(equals + 1, field.size())));
        if (!name || !value || all.size() == query_fields_max) return std::nullopt;
        if (!all.emplace(*name, *value).second) return std::nullopt;
    }
    return all;
}

std::string format_query(const query_map& query) {
    std::string out;
    for (const auto& [name, value] : query) {
        if (!out.empty()) out += '&';
        out += percent_encode(name) + '=' + percent_encode(value);
    }
    return out;
}

}  // namespace meshhost::http
