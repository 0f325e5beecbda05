// SPDX-License-Identifier: Apache-2.0
#include "plugin/abi_check.hpp"

#include <mesh/plugin.h>

#include <spdlog/fmt/fmt.h>

namespace meshhost::plugin {

namespace {

std::string host_range() {
    return fmt::format("{0} ({0}.0 to {0}.{1})", MESH_ABI_MAJOR, MESH_ABI_MINOR);
}

}  // namespace

std::string_view host_abi_text() noexcept {
    static const std::string text = fmt::format("{}.{}", MESH_ABI_MAJOR, MESH_ABI_MINOR);
    return text;
}

checked<> check_abi(const abi_numbers& plugin, std::string_view where) {
    if (plugin.magic != MESH_PLUGIN_MAGIC) {
        return plugin_fault{
            "MP011",
            fmt::format(
                "wrong magic {:#010x} in {}, expected {:#010x}: "
                "not a meshhost plugin, or a damaged file",
                plugin.magic,
                where,
                MESH_PLUGIN_MAGIC
            )};
    }
    if (plugin.major > MESH_ABI_MAJOR) {
        return plugin_fault{
            "MP012",
            fmt::format(
                "ABI {}.{}, this host speaks ABI {}: "
                "upgrade meshhost, or install the plugin's build for ABI {}",
                plugin.major,
                plugin.minor_built,
                host_range(),
                MESH_ABI_MAJOR
            )};
    }
    if (plugin.major < MESH_ABI_MAJOR) {
        return plugin_fault{
            "MP013",
            fmt::format(
                "ABI {}.{}, this host speaks ABI {}: rebuild the plugin with the ABI {} SDK",
                plugin.major,
                plugin.minor_built,
                host_range(),
                MESH_ABI_MAJOR
            )};
    }
    if (plugin.minor_min > MESH_ABI_MINOR) {
        return plugin_fault{
            "MP014",
            fmt::format(
                "needs ABI {}.{} or later, this host offers {}: "
                "upgrade meshhost, or ask the author to lower MESH_ABI_MINOR_MIN",
                plugin.major,
                plugin.minor_min,
                host_abi_text()
            )};
    }
    return {};
}

std::optional<plugin_fault> notice_of(const abi_numbers& plugin) {
    if (plugin.minor_built <= MESH_ABI_MINOR) return std::nullopt;
    return plugin_fault{
        "MP015",
        fmt::format(
            "built for ABI {0}.{1}, running on {2} as it allows (minimum {0}.{3})",
            plugin.major,
            plugin.minor_built,
            host_abi_text(),
            plugin.minor_min
        )};
}

checked<> check_file(const plugin_file& file) {
    if (!file.fault.empty()) return plugin_fault{"MP003", file.fault};
    if (file.note) {
        if (auto abi = check_abi(file.note->abi, "the MESH note"); !abi) return abi;
    }
    if (!file.has_entry) {
        return plugin_fault{
            "MP010",
            fmt::format(
                "no symbol mesh_plugin_entry among {} exported symbols: "
                "not a meshhost plugin, or built with hidden visibility and without MESH_EXPORT",
                file.exports
            )};
    }
    return {};
}

}  // namespace meshhost::plugin
