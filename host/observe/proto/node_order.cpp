// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/node_order.hpp"

#include "base/ascii.hpp"
#include "base/bytes.hpp"
#include "base/cut.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

using value = decltype(order_key::value);

constexpr std::size_t text_max = 128;  ///< of a value or a name, for the order
constexpr std::size_t cursor_max = 4096;

value text_or_unknown(const std::string& text) {
    if (text.empty()) return {};
    return cut(text, text_max);
}

value share_or_unknown(const std::optional<double>& share) {
    if (!share) return {};
    return *share;
}

value state_of(const node_facts& node) {
    const auto* const found = std::find(node_states.begin(), node_states.end(), node.state);
    return static_cast<double>(found - node_states.begin());
}

struct order_field {
    std::string_view name;
    value (*of)(const node_facts& node);
};
constexpr order_field all_fields[] = {
    {"name", [](const node_facts& node) { return text_or_unknown(node.name); }},
    {"id", [](const node_facts& node) -> value { return node.id; }},
    {"state", state_of},
    {"tier", [](const node_facts& node) { return text_or_unknown(node.tier); }},
    {"roles",
     [](const node_facts& node) {
         return text_or_unknown(fmt::format("{}", fmt::join(node.roles, " ")));
     }},
    {"version", [](const node_facts& node) { return text_or_unknown(node.version); }},
    {"cpu", [](const node_facts& node) { return share_or_unknown(node.cpu); }},
    {"ram", [](const node_facts& node) { return share_or_unknown(node.memory); }},
    {"neighbors",
     [](const node_facts& node) -> value { return static_cast<double>(node.neighbors); }},
    {"since", [](const node_facts& node) { return text_or_unknown(node.since); }},
    {"started", [](const node_facts& node) { return text_or_unknown(node.started); }},
};

/// The digits, or what is none, that `text` begins with; takes them off it.
std::string_view take_piece(std::string_view& text) {
    std::size_t size = 1;
    while (size < text.size() && is_digit(text[size]) == is_digit(text[0]))
        ++size;
    const auto piece = text.substr(0, size);
    text.remove_prefix(size);
    return piece;
}

int compare_numbers(std::string_view one, std::string_view other) {
    one.remove_prefix(std::min(one.find_first_not_of('0'), one.size()));
    other.remove_prefix(std::min(other.find_first_not_of('0'), other.size()));
    if (one.size() != other.size()) return one.size() < other.size() ? -1 : 1;
    return one.compare(other);
}

int compare_values(const value& one, const value& other) {
    const auto* number = std::get_if<double>(&one);
    const auto* other_number = std::get_if<double>(&other);
    if (number != nullptr && other_number != nullptr)
        return *number < *other_number ? -1 : *number > *other_number ? 1 : 0;
    const auto* text = std::get_if<std::string>(&one);
    const auto* other_text = std::get_if<std::string>(&other);
    if (text != nullptr && other_text != nullptr) return compare_as_counted(*text, *other_text);
    return static_cast<int>(one.index()) - static_cast<int>(other.index());
}

/// A number by its bits: as decimal digits it would not come back as it was.
json::value value_json(const value& of) {
    if (const auto* number = std::get_if<double>(&of)) return std::bit_cast<std::uint64_t>(*number);
    if (const auto* text = std::get_if<std::string>(&of)) return json::value(*text);
    return nullptr;
}

std::optional<value> read_value(const json::value& from) {
    if (from.is_null()) return value{};
    if (const auto* text = from.if_string()) return value(std::string(text->data(), text->size()));
    json::error_code fault;
    const auto bits = from.to_number<std::uint64_t>(fault);
    if (fault) return std::nullopt;
    const auto number = std::bit_cast<double>(bits);
    if (number != number) return std::nullopt;  // NOLINT(misc-redundant-expression): not a number
    return value(number);
}

}  // namespace

int compare_as_counted(std::string_view one, std::string_view other) {
    while (!one.empty() && !other.empty()) {
        const auto piece = take_piece(one);
        const auto other_piece = take_piece(other);
        const int order = is_digit(piece[0]) && is_digit(other_piece[0])
                              ? compare_numbers(piece, other_piece)
                              : piece.compare(other_piece);
        if (order != 0) return order;
    }
    return static_cast<int>(other.empty()) - static_cast<int>(one.empty());
}

std::optional<node_order> node_order::parse(std::string_view text) {
    node_order out;
    out.is_descending_ = text.starts_with('-');
    if (out.is_descending_) text.remove_prefix(1);
    const auto* const found =
        std::find_if(std::begin(all_fields), std::end(all_fields), [&](const order_field& each) {
            return each.name == text;
        });
    if (found == std::end(all_fields)) return std::nullopt;
    out.field_ = static_cast<std::size_t>(found - std::begin(all_fields));
    return out;
}

std::string node_order::fields() {
    std::string all;
    for (const auto& each : all_fields)
        all += (all.empty() ? "" : ", ") + std::string(each.name);
    return all;
}

order_key node_order::key_of(const node_facts& node) const {
    return {all_fields[field_].of(node), cut(node.name, text_max), node.id};
}

bool node_order::comes_before(const order_key& one, const order_key& other) const {
    const bool is_known = one.value.index() != 0;
    if (is_known != (other.value.index() != 0)) return is_known;
    const int sign = is_descending_ ? -1 : 1;
    if (const int order = compare_values(one.value, other.value); order != 0)
        return sign * order < 0;
    const int by_name = compare_as_counted(one.name, other.name);
    return by_name != 0 ? by_name < 0 : one.id < other.id;
}

std::string node_order::cursor_at(const order_key& key) const {
    const json::array place{field_, is_descending_, value_json(key.value), key.name, key.id};
    return to_hex(as_bytes(json::serialize(place)));
}

std::optional<order_key> node_order::read_cursor(std::string_view text) const {
    const auto bytes = text.size() > cursor_max ? std::nullopt : from_hex(text);
    if (!bytes) return std::nullopt;
    json::error_code fault;
    const auto whole =
        json::parse({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, fault);
    const auto* place = fault ? nullptr : whole.if_array();
    constexpr std::size_t parts = 5;
    if (place == nullptr || place->size() != parts || (*place)[0] != json::value(field_)
        || (*place)[1] != json::value(is_descending_) || !(*place)[3].is_string()
        || !(*place)[4].is_string())
        return std::nullopt;
    auto value = read_value((*place)[2]);
    if (!value) return std::nullopt;
    return order_key{
        std::move(*value),
        std::string((*place)[3].get_string()),
        std::string((*place)[4].get_string())};
}

}  // namespace meshhost::observe::proto
