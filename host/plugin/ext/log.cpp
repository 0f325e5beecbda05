// SPDX-License-Identifier: Apache-2.0
// mesh.log/1: a plugin's lines among the host's, under the instance's name.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/limits.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

namespace meshhost::plugin {

namespace {

constexpr std::array<std::pair<std::int32_t, log_level>, 5> levels{{
    {MESH_LOG_TRACE, log_level::trace},
    {MESH_LOG_DEBUG, log_level::debug},
    {MESH_LOG_INFO, log_level::info},
    {MESH_LOG_WARN, log_level::warn},
    {MESH_LOG_ERROR, log_level::error},
}};

/// OpenTelemetry numbers come in groups of four: 9 to 12 are all info.
log_level to_log_level(std::int32_t level) noexcept {
    log_level found = log_level::trace;
    for (const auto& [number, name] : levels) {
        if (level >= number) found = name;
    }
    return found;
}

std::int32_t level(const mesh_host* host) noexcept {
    const instance_context* const context = context_of(host);
    if (context == nullptr) return MESH_LOG_ERROR;
    for (const auto& [number, name] : levels) {
        if (context->facts.log.enabled(name)) return number;
    }
    return MESH_LOG_ERROR + 1;
}

void append_value(std::string& line, const mesh_value& value) {
    const auto out = std::back_inserter(line);
    switch (value.type) {
    case MESH_T_BOOL:
        fmt::format_to(out, "{}", value.as.b != 0);
        return;
    case MESH_T_I64:
        fmt::format_to(out, "{}", value.as.i64);
        return;
    case MESH_T_U64:
        fmt::format_to(out, "{}", value.as.u64);
        return;
    case MESH_T_F64:
        fmt::format_to(out, "{}", value.as.f64);
        return;
    case MESH_T_STR:
        line += one_line(view(value.as.str), proto::message_max);
        return;
    case MESH_T_BYTES: {
        const bytes_view bytes = view(value.as.bytes);
        line += to_hex(bytes.first(std::min(bytes.size(), proto::message_max / 2)));
        return;
    }
    default:
        line += '-';
    }
}

void write(
    const mesh_host* host,
    std::int32_t level,
    mesh_str message,
    const mesh_attr* attrs,
    std::size_t count,
    const char* file,
    std::uint32_t line_number
) noexcept {
    host_call(host, caller::any, [&](const instance_context& context) -> proto::call_result<> {
        const log_level at = to_log_level(level);
        if (!context.facts.log.enabled(at)) return {};
        std::string line = one_line(view(message), proto::message_max);
        for (std::size_t i = 0; attrs != nullptr && i < std::min(count, proto::attributes_max);
             ++i) {
            line += " " + one_line(view(attrs[i].key), proto::name_max) + "=";
            append_value(line, attrs[i].value);
        }
        if (file != nullptr && *file != '\0') line += fmt::format(" at={}:{}", file, line_number);
        context.facts.log.log(at, "{}", line);
        return {};
    });
}

constexpr mesh_log_v1 entries() noexcept {
    mesh_log_v1 table{};
    table.level = level;
    table.write = write;
    return table;
}

constexpr guarded_table<mesh_log_v1> guarded{entries()};

}  // namespace

const void* log_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
