// SPDX-License-Identifier: Apache-2.0
// broker: tells the mesh how many peers this node can hand work to.
#include <mesh/plugin.hpp>

struct broker : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_PEERS, MESH_EXT_DIGEST, nullptr};
    static constexpr const mesh_config_key* config[] = {nullptr};
    mesh::digest<std::uint64_t> peers_up{*this, "peers", {"{peer}"}};

    void start() override {
        peers_up = peer_count();
        keep(peers([this](auto&) { peers_up = peer_count(); }));
    }
};
MESH_PLUGIN(
    broker,
    "broker",
    "0.1.0",
    "meshhost",
    "hands work from those who have it to those who do it"
);
