// SPDX-License-Identifier: Apache-2.0
// gateway: tells the mesh whether there is anybody behind it to serve what comes in.
#include <mesh/plugin.hpp>

struct gateway : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_PEERS, MESH_EXT_DIGEST, nullptr};
    static constexpr auto upstream_option = mesh::option<std::string_view>(
        "upstream_role",
        "\"compute\"",
        "len:1..32",
        "the role that serves requests"
    );
    static constexpr const mesh_config_key* config[] = {&upstream_option, nullptr};
    mesh::digest<std::string> upstream{*this, "upstream"};

    void start() override {
        const auto behind = conf<std::string>("upstream_role");
        const auto look = [this, behind] { upstream = peer_count(behind) > 0 ? "up" : "down"; };
        look();
        keep(peers([look](auto&) { look(); }, behind));
    }
};
MESH_PLUGIN(gateway, "gateway", "0.1.0", "meshhost", "the way in from outside the mesh");
