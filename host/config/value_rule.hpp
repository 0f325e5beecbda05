// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a key's value may be, as data: one rule serves the loader's refusals, the JSON Schema and
// the comments of the generated file, so that they cannot disagree.
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace meshhost::config {

enum class value_kind {
    boolean,
    integer,
    duration,    ///< a string that parse_duration() reads
    text,        ///< a string
    text_list,   ///< an array of strings
    free_table,  ///< a table whose keys somebody else knows
};

/// What a string must look like.
enum class text_form {
    label,          ///< printable, at most 64 bytes
    name,           ///< [a-z0-9][a-z0-9_-]{0,63}: becomes part of file names
    choice,         ///< one of value_rule::choices
    absolute_path,  ///< or empty: the usual place
    plugin_path,    ///< not empty
    permission,     ///< "declared" or KIND:WHAT; "fs:" with an absolute path
    ip_address,     ///< IPv4 or IPv6, without a port
    peer,           ///< what identity::parse_peer() reads
    relay_url,      ///< what identity::normalise_relay_url() reads
    host_port,      ///< NAME:PORT or IP:PORT
    cpu_share,      ///< what parse_cpu_share() reads
    memory_size,    ///< what parse_memory_size() reads
    emit_mode,      ///< what parse_emit_mode() reads
    endpoint,       ///< IP:PORT; or nothing
    web_host,       ///< NAME or IP, an IPv6 address in brackets; with :PORT or without
    collector,      ///< what parse_http_url() reads, or "mesh"; or nothing
};

/// Built by the functions below only.
struct value_rule {
    value_kind kind = value_kind::free_table;
    text_form form = text_form::label;  ///< of the text, or of each element of a list
    std::int64_t least = 0;             ///< of an integer; nanoseconds of a duration
    std::int64_t most = 0;              ///< the same; the number of elements of a list
    std::string_view choices = {};      ///< "debug|info"
};

constexpr value_rule yes_or_no() {
    return {.kind = value_kind::boolean};
}
constexpr value_rule any_table() {
    return {.kind = value_kind::free_table};
}
constexpr value_rule integer(std::int64_t least, std::int64_t most) {
    return {.kind = value_kind::integer, .least = least, .most = most};
}
constexpr value_rule time_span(duration least, duration most) {
    return {.kind = value_kind::duration, .least = least.count(), .most = most.count()};
}
constexpr value_rule text(text_form form) {
    return {.kind = value_kind::text, .form = form};
}
constexpr value_rule one_of(std::string_view choices) {
    return {.kind = value_kind::text, .form = text_form::choice, .choices = choices};
}
constexpr value_rule list_of(text_form form, std::int64_t most) {
    return {.kind = value_kind::text_list, .form = form, .most = most};
}

/// The type for a sentence: "an integer", "an array of strings".
std::string type_text(const value_rule& rule);

/// The rule for a person: "0..65535", "1s..10m", "at most 16 IP addresses without a port".
std::string rule_text(const value_rule& rule);

}  // namespace meshhost::config
