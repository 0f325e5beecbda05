// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a fake host remembers, in values that own what they show.
#include <mesh/plugin.h>
#include <mesh/values.hpp>

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mesh::testing {

/// A mesh_value, owned. In the order of MESH_T_*; the last is MESH_T_BYTES.
using value = std::variant<
    std::monostate,
    bool,
    std::int64_t,
    std::uint64_t,
    double,
    std::string,
    std::vector<std::uint8_t>>;

inline value own(const mesh_value& from) {
    switch (from.type) {
    case MESH_T_BOOL:
        return from.as.b != 0;
    case MESH_T_I64:
        return from.as.i64;
    case MESH_T_U64:
        return from.as.u64;
    case MESH_T_F64:
        return from.as.f64;
    case MESH_T_STR:
        return std::string(view(from.as.str));
    case MESH_T_BYTES:
        return std::vector<std::uint8_t>(from.as.bytes.ptr, from.as.bytes.ptr + from.as.bytes.len);
    default:
        return std::monostate{};
    }
}

/// Views `from`.
inline mesh_value lend(const value& from) noexcept {
    mesh_value out{};
    out.type = static_cast<std::uint32_t>(from.index());
    if (const auto* b = std::get_if<bool>(&from)) out.as.b = *b ? 1 : 0;
    if (const auto* i = std::get_if<std::int64_t>(&from)) out.as.i64 = *i;
    if (const auto* u = std::get_if<std::uint64_t>(&from)) out.as.u64 = *u;
    if (const auto* f = std::get_if<double>(&from)) out.as.f64 = *f;
    if (const auto* s = std::get_if<std::string>(&from)) out.as.str = str(*s);
    if (const auto* d = std::get_if<std::vector<std::uint8_t>>(&from))
        out.as.bytes = {d->data(), d->size()};
    return out;
}

struct node_less {
    bool operator()(const mesh_node_id& a, const mesh_node_id& b) const noexcept {
        return std::memcmp(a.b, b.b, sizeof a.b) < 0;
    }
};

inline bool same(const mesh_node_id& a, const mesh_node_id& b) noexcept {
    return std::memcmp(a.b, b.b, sizeof a.b) == 0;
}

/// An id that is the same in every run, for a name.
inline mesh_node_id node_named(std::string_view name) noexcept {
    mesh_node_id id{};
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, stretched
    for (std::size_t i = 0; i < sizeof id.b; ++i) {
        for (const char c : name)
            hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
        hash = (hash ^ i) * 0x100000001b3;
        id.b[i] = static_cast<std::uint8_t>(hash >> 56);
    }
    return id;
}

struct log_line {
    std::int32_t level = 0;  ///< MESH_LOG_*
    std::string text;
    std::vector<std::pair<std::string, value>> attrs;
};

/// A rule of the contract that the plugin broke: "timer.start": "called off the strand".
struct violation {
    std::string function;
    std::string what;
};

/// Something that was still open when stop returned: "timer", "tick".
struct leak {
    std::string kind;
    std::string name;
};

struct published_message {
    std::string topic;
    std::string body;
    std::uint32_t flags = 0;
};

/// What the plugin sent to a node. `op` is 0 for send(); answer() takes it.
struct sent_message {
    mesh_node_id to{};
    std::string port;
    std::string body;
    mesh_handle op = 0;
};

struct reply {
    mesh_status status = MESH_OK;
    std::string body;
};

struct metric {
    std::uint32_t kind = 0;  ///< MESH_METRIC_*
    double last = 0;
    double sum = 0;
    std::uint64_t count = 0;
};

struct span {
    std::string name;
    mesh_handle parent = 0;
    bool is_ended = false;
    mesh_status status = MESH_OK;
    std::map<std::string, value> attrs;
    std::vector<std::string> events;
};

}  // namespace mesh::testing
