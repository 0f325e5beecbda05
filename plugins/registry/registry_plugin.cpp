// SPDX-License-Identifier: Apache-2.0
// registry: tells the mesh how many different roles this node can find for others.
#include <mesh/plugin.hpp>

#include <set>

struct registry : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_PEERS, MESH_EXT_DIGEST, nullptr};
    static constexpr const mesh_config_key* config[] = {nullptr};
    mesh::digest<std::uint64_t> roles{*this, "roles", {"{role}"}};

    void start() override {
        count();
        keep(peers([this](auto&) { count(); }));
    }

    void count() {
        std::set<std::string> known;
        for_each_peer([&](const mesh_peer& peer) {
            mesh::for_each_role(peer, [&](auto name) { known.emplace(name); });
        });
        roles = known.size();
    }
};
MESH_PLUGIN(registry, "registry", "0.1.0", "meshhost", "knows who does what");
