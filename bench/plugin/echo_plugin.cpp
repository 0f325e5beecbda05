// SPDX-License-Identifier: Apache-2.0
// Answers each event about a peer with one digest value: an event to a plugin, and a call back.
#include <mesh/plugin.hpp>

struct echo : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_PEERS, MESH_EXT_DIGEST, nullptr};
    mesh::digest<std::uint64_t> heard{*this, "heard"};
    std::uint64_t count = 0;

    void start() override {
        keep(peers([this](auto&) { heard = ++count; }));
    }
};
MESH_PLUGIN(echo, "echo", "1.0.0", "meshhost", "answers what it hears");
