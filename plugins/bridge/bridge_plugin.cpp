// SPDX-License-Identifier: Apache-2.0
// bridge: tells the mesh how many ways out this node has, counting the peers of one role.
#include <mesh/plugin.hpp>

struct bridge : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_PEERS, MESH_EXT_DIGEST, nullptr};
    static constexpr auto exit_option = mesh::option<std::string_view>(
        "exit_role",
        "\"gateway\"",
        "len:1..32",
        "the role whose peers lead out of the mesh"
    );
    static constexpr const mesh_config_key* config[] = {&exit_option, nullptr};
    mesh::digest<std::uint64_t> exits{*this, "exits", {"{peer}"}};

    void start() override {
        const auto exit_role = conf<std::string>("exit_role");
        exits = peer_count(exit_role);
        keep(peers([this, exit_role](auto&) { exits = peer_count(exit_role); }, exit_role));
    }
};
MESH_PLUGIN(bridge, "bridge", "0.1.0", "meshhost", "joins the mesh to what is not in it");
