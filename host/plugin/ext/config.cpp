// SPDX-License-Identifier: Apache-2.0
// mesh.config/1: the instance's own table, checked and with its defaults. It changes when a reload
// has been accepted by all; the candidate is there for as long as that is being decided.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/proto/config_path.hpp"

#include <boost/json/serialize.hpp>

#include <string>

namespace meshhost::plugin {

namespace {

namespace json = boost::json;
using proto::call_error;
using proto::call_result;

call_result<const json::value*> choose(const instance_context& context, std::uint32_t which) {
    if (which == MESH_CFG_CURRENT) return &context.config;
    if (which != MESH_CFG_CANDIDATE) {
        return call_error{MESH_E_UNSUPPORTED, "no such configuration"};
    }
    if (!context.candidate) return call_error{MESH_E_STATE, "no reload is under way"};
    return &*context.candidate;
}

call_result<const json::value*> find(
    const instance_context& context,
    std::uint32_t which,
    mesh_str path
) {
    const auto chosen = choose(context, which);
    if (!chosen) return chosen.error();
    const json::value* const found = proto::find_path(**chosen, view(path));
    if (found != nullptr) return found;
    return call_error{MESH_E_NOT_FOUND, "no value at " + std::string(view(path))};
}

call_result<> read(const json::value& from, mesh_value& out) {
    out = {};
    switch (from.kind()) {
    case json::kind::bool_:
        out.type = MESH_T_BOOL;
        out.as.b = from.get_bool() ? 1 : 0;
        return {};
    case json::kind::int64:
        out.type = MESH_T_I64;
        out.as.i64 = from.get_int64();
        return {};
    case json::kind::uint64:
        out.type = MESH_T_U64;
        out.as.u64 = from.get_uint64();
        return {};
    case json::kind::double_:
        out.type = MESH_T_F64;
        out.as.f64 = from.get_double();
        return {};
    case json::kind::string:
        out.type = MESH_T_STR;
        out.as.str = to_abi(std::string_view(from.get_string()));
        return {};
    case json::kind::array:
    case json::kind::object:
        return call_error{MESH_E_INVALID, "an array or a table: ask count() and key_at()"};
    case json::kind::null:
        return call_error{MESH_E_NOT_FOUND, "no value"};
    }
    return call_error{MESH_E_INTERNAL, "no such kind"};
}

mesh_status get(
    const mesh_host* host,
    std::uint32_t which,
    mesh_str path,
    mesh_value* out
) noexcept {
    return host_call(host, caller::strand, [&](const instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        const auto found = find(context, which, path);
        return found ? read(**found, *out) : found.error();
    });
}

mesh_status count(
    const mesh_host* host,
    std::uint32_t which,
    mesh_str path,
    std::size_t* out
) noexcept {
    return host_call(host, caller::strand, [&](const instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        const auto found = find(context, which, path);
        if (!found) return found.error();
        if (const auto* const array = (*found)->if_array()) {
            *out = array->size();
        } else if (const auto* const table = (*found)->if_object()) {
            *out = table->size();
        } else {
            return call_error{MESH_E_INVALID, "neither an array nor a table"};
        }
        return {};
    });
}

mesh_status key_at(
    const mesh_host* host,
    std::uint32_t which,
    mesh_str path,
    std::size_t index,
    mesh_str* out
) noexcept {
    return host_call(host, caller::strand, [&](const instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        const auto found = find(context, which, path);
        if (!found) return found.error();
        const json::object* const table = (*found)->if_object();
        if (table == nullptr) return call_error{MESH_E_INVALID, "not a table"};
        if (index >= table->size()) return call_error{MESH_E_NOT_FOUND, "no more keys"};
        *out = to_abi(std::string_view((table->begin() + std::ptrdiff_t(index))->key()));
        return {};
    });
}

mesh_status text(
    const mesh_host* host,
    std::uint32_t which,
    std::uint32_t format,
    mesh_str* out
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        const auto chosen = choose(context, which);
        if (!chosen) return chosen.error();
        if (format != MESH_CFG_JSON) {
            return call_error{MESH_E_UNSUPPORTED, "this host has the configuration as JSON only"};
        }
        std::string& text = context.config_texts.at(which);
        if (text.empty()) text = json::serialize(**chosen);
        *out = to_abi(std::string_view(text));
        return {};
    });
}

constexpr mesh_config_v1 entries() noexcept {
    mesh_config_v1 table{};
    table.get = get;
    table.count = count;
    table.key_at = key_at;
    table.text = text;
    return table;
}

constexpr guarded_table<mesh_config_v1> guarded{entries()};

}  // namespace

const void* config_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
