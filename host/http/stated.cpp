// SPDX-License-Identifier: Apache-2.0
#include "http/stated.hpp"

#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <charconv>

namespace meshhost::http {

namespace {

std::string in_lower_case(std::string_view text) {
    std::string out(text);
    for (char& each : out)
        if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
    return out;
}

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// What stands before the first comma that is not in quotes; takes it off.
std::string_view take_element(std::string_view& list) {
    bool is_quoted = false;
    std::size_t end = 0;
    for (; end < list.size() && (is_quoted || list[end] != ','); ++end) {
        if (list[end] == '"') is_quoted = !is_quoted;
        if (list[end] == '\\' && is_quoted) ++end;
    }
    const auto one = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    return one;
}

/// "0.5": 500. nullopt: not from 0 to 1.
std::optional<int> parse_weight(std::string_view text) {
    double weight = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), weight);
    const bool is_one = read.ec == std::errc() && read.ptr == text.data() + text.size();
    if (!is_one || !(weight >= 0 && weight <= 1)) return std::nullopt;
    return static_cast<int>(weight * 1000);
}

}  // namespace

const std::string* stated::parameter(std::string_view key) const {
    for (const auto& [each, value] : parameters)
        if (each == key) return &value;
    return nullptr;
}

std::optional<stated> parse_stated(std::string_view text) {
    const auto name_end = std::min(text.find(';'), text.size());
    stated out{in_lower_case(trimmed(text.substr(0, name_end)))};
    if (out.name.empty() || out.name.find_first_of(" \t\"=,") != std::string::npos)
        return std::nullopt;
    const auto rest = text.substr(name_end);
    for (const auto& [key, value] : boost::beast::http::param_list({rest.data(), rest.size()})) {
        auto known = in_lower_case({key.data(), key.size()});
        if (known != "q") {
            out.parameters.emplace_back(std::move(known), std::string(value));
            continue;
        }
        const auto weight = parse_weight({value.data(), value.size()});
        if (!weight) return std::nullopt;
        out.weight = *weight;
    }
    return out;
}

std::vector<stated> all_stated(const request& asked, std::string_view name) {
    std::vector<stated> all;
    for (const auto& [each, value] : asked.headers) {
        if (each != name) continue;
        for (std::string_view list = value; !list.empty();)
            if (auto one = parse_stated(take_element(list))) all.push_back(std::move(*one));
    }
    return all;
}

}  // namespace meshhost::http
