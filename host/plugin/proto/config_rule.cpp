// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/config_rule.hpp"

#include <mesh/plugin.h>

#include <boost/json/parse.hpp>

#include <cstdlib>
#include <limits>
#include <string_view>
#include <variant>
#include <vector>

namespace meshhost::plugin::proto {

namespace json = boost::json;

namespace {

constexpr std::string_view one_of_prefix = "oneof:";
constexpr std::string_view length_prefix = "len:";

/// "1..9", "1.." or "..9". Doubles are exact for every bound that a person writes.
struct range {
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();

    bool contains(double number) const noexcept { return number >= least && number <= most; }
};

bool read_bound(const std::string& text, double& bound) {
    if (text.empty()) return true;
    char* end = nullptr;
    bound = std::strtod(text.c_str(), &end);
    return *end == '\0';
}

std::optional<range> read_range(std::string_view text) {
    const auto dots = text.find("..");
    range read;
    if (dots == std::string_view::npos || !read_bound(std::string(text.substr(0, dots)), read.least)
        || !read_bound(std::string(text.substr(dots + 2)), read.most)) {
        return std::nullopt;
    }
    return read;
}

std::vector<std::string_view> choices_of(std::string_view rule) {
    std::vector<std::string_view> choices;
    for (rule.remove_prefix(one_of_prefix.size()); !rule.empty();) {
        const auto bar = rule.find('|');
        choices.push_back(rule.substr(0, bar));
        rule.remove_prefix(bar == std::string_view::npos ? rule.size() : bar + 1);
    }
    return choices;
}

const char* name_of_type(std::uint32_t type) noexcept {
    switch (type) {
    case MESH_T_BOOL:
        return "true or false";
    case MESH_T_I64:
        return "an integer";
    case MESH_T_U64:
        return "an integer, not negative";
    case MESH_T_F64:
        return "a number";
    case MESH_T_STR:
    case MESH_T_BYTES:
        return "a string";
    case MESH_CFG_ARRAY:
        return "an array";
    case MESH_CFG_TABLE:
        return "a table";
    default:
        return nullptr;
    }
}

bool has_type(std::uint32_t type, const json::value& given) noexcept {
    switch (type) {
    case MESH_T_BOOL:
        return given.is_bool();
    case MESH_T_I64:
        return given.is_int64();
    case MESH_T_U64:
        return given.is_uint64() || (given.is_int64() && given.get_int64() >= 0);
    case MESH_T_F64:
        return given.is_number();
    case MESH_T_STR:
    case MESH_T_BYTES:
        return given.is_string();
    case MESH_CFG_ARRAY:
        return given.is_array();
    case MESH_CFG_TABLE:
        return given.is_object();
    default:
        return false;
    }
}

double number_of(const json::value& given) noexcept {
    if (given.is_int64()) return static_cast<double>(given.get_int64());
    if (given.is_uint64()) return static_cast<double>(given.get_uint64());
    return given.get_double();
}

std::size_t length_of(const json::value& given) noexcept {
    if (given.is_string()) return given.get_string().size();
    return given.is_array() ? given.get_array().size() : given.get_object().size();
}

bool keeps(std::string_view rule, const json::value& given) {
    if (rule.starts_with(one_of_prefix)) {
        for (const std::string_view choice : choices_of(rule)) {
            if (given.get_string() == choice) return true;
        }
        return false;
    }
    if (rule.starts_with(length_prefix)) {
        const auto allowed = read_range(rule.substr(length_prefix.size()));
        return allowed->contains(static_cast<double>(length_of(given)));
    }
    return read_range(rule)->contains(number_of(given));
}

std::string words_for(std::string_view rule) {
    if (rule.starts_with(one_of_prefix)) {
        std::string words = "must be one of";
        const char* separator = " ";
        for (const std::string_view choice : choices_of(rule)) {
            words.append(separator).append("\"").append(choice).append("\"");
            separator = ", ";
        }
        return words;
    }
    if (rule.starts_with(length_prefix)) {
        return "must have a length of " + std::string(rule.substr(length_prefix.size()));
    }
    return "must be " + std::string(rule);
}

bool is_number_type(std::uint32_t type) noexcept {
    return type == MESH_T_I64 || type == MESH_T_U64 || type == MESH_T_F64;
}

bool is_text_type(std::uint32_t type) noexcept {
    return type == MESH_T_STR || type == MESH_T_BYTES;
}

}  // namespace

std::optional<std::string> fault_of_rule(const config_key& key) {
    if (name_of_type(key.type) == nullptr) return "no such type";
    const std::string_view rule = key.rule;
    bool fits = false;
    if (rule.empty()) {
        fits = true;
    } else if (rule.starts_with(one_of_prefix)) {
        fits = is_text_type(key.type) && !choices_of(rule).empty();
    } else if (rule.starts_with(length_prefix)) {
        fits = !is_number_type(key.type) && key.type != MESH_T_BOOL
               && read_range(rule.substr(length_prefix.size()));
    } else {
        fits = is_number_type(key.type) && read_range(rule);
    }
    if (fits) return std::nullopt;
    return "the rule \"" + key.rule + "\" does not suit its type";
}

std::optional<std::string> broken_rule(const config_key& key, const json::value& given) {
    if (!has_type(key.type, given)) return std::string("must be ") + name_of_type(key.type);
    if (!key.rule.empty() && !keeps(key.rule, given)) return words_for(key.rule);
    return std::nullopt;
}

std::optional<json::value> parse_fallback(const config_key& key) {
    json::error_code error;
    // TOML's literals for booleans, decimal numbers, basic strings and arrays are JSON's too.
    json::value parsed = json::parse(key.fallback, error);
    if (error || parsed.is_null()) return std::nullopt;
    return parsed;
}

}  // namespace meshhost::plugin::proto
