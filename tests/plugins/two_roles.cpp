// SPDX-License-Identifier: Apache-2.0
// One shared object, two roles; the second runs at most once on a host.
#include <mesh/plugin.hpp>

struct many : mesh::role {};

struct single : mesh::role {
    static constexpr std::uint32_t flags = MESH_ROLE_SINGLETON;
};

MESH_PLUGIN_NOTE("role=many\nversion=1.0.0\n");

extern "C" MESH_EXPORT const mesh_plugin* mesh_plugin_entry(std::uint32_t) noexcept {
    static constexpr mesh_role first = mesh::role_table<many>("many", "1.0.0", "tests", "");
    static constexpr mesh_role second = mesh::role_table<single>("single", "1.0.0", "tests", "");
    static constexpr const mesh_role* roles[] = {&first, &second};
    static constexpr mesh_plugin plugin = mesh::plugin_table(roles, 2);
    return &plugin;
}
