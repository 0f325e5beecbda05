// SPDX-License-Identifier: Apache-2.0
#pragma once
// TOML text → a flat list of keys with their values and places. Knows no key of ours; the one file
// behind it is the only one that sees toml++.
#include "base/error.hpp"
#include "config/key_lookup.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::config {

/// Counted from 1; columns in characters. 0: no place.
struct text_position {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    friend auto operator<=>(const text_position&, const text_position&) = default;
};

enum class toml_type { boolean, integer, real, string, date_time, array, table };

/// "an integer", "a table": for a sentence.
std::string_view toml_type_text(toml_type type);

/// One key of a document.
struct toml_item {
    key_path path;
    toml_type type = toml_type::table;
    text_position key_at;
    text_position value_at;  ///< of a table: where its name stands
    /// Nothing for a table: its keys are items of their own. Dates and times, which JSON has not,
    /// are strings. Tables in an array are objects in it.
    boost::json::value value;
    std::vector<text_position> elements_at;  ///< of an array: where each element stands
};

/// Why a text is not TOML, or not one we read.
struct toml_fault {
    text_position at;
    std::string message;
};

/// Tables deeper than this are refused: toml++ walks them by recursion.
inline constexpr std::size_t toml_depth_max = 32;

/// Every key of the document, a table right before its keys.
boost::system::result<std::vector<toml_item>, toml_fault> read_toml(std::string_view text);

/// One value as TOML writes it, "4433" or "[\"a\", \"b\"]"; its path is empty. nullopt for anything
/// else, and for tables.
std::optional<toml_item> read_toml_value(std::string_view text);

}  // namespace meshhost::config
