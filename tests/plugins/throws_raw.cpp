// SPDX-License-Identifier: Apache-2.0
// Lets an exception out of start, behind a cast that the header's types are meant to prevent.
#include <mesh/plugin.hpp>

#include <stdexcept>

namespace {

struct quiet : mesh::role {};

mesh_status throwing_start(mesh_instance*) {
    throw std::runtime_error("no such upstream");
}

mesh_role table() {
    mesh_role role = mesh::role_table<quiet>("test", "1.0.0", "tests", "");
    role.start = reinterpret_cast<decltype(role.start)>(&throwing_start);
    return role;
}

}  // namespace

MESH_PLUGIN_NOTE("role=test\nversion=1.0.0\n");

extern "C" MESH_EXPORT const mesh_plugin* mesh_plugin_entry(std::uint32_t) noexcept {
    static const mesh_role role = table();
    static const mesh_role* const roles[] = {&role};
    static const mesh_plugin plugin = mesh::plugin_table(roles, 1);
    return &plugin;
}
