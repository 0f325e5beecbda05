// SPDX-License-Identifier: Apache-2.0
// gateway: tells who comes from outside which nodes serve, and the mesh whether there is any.
#include <mesh/plugin.hpp>

struct gateway : mesh::role {
    static constexpr const char* needs[] =
        {MESH_EXT_PEERS, MESH_EXT_DIGEST, MESH_EXT_STREAM, nullptr};
    static constexpr const char* permissions[] = {"alpn:mesh-gateway/1", nullptr};
    static constexpr auto upstream_option = mesh::option<std::string_view>(
        "upstream_role",
        "\"compute\"",
        "len:1..32",
        "the role that serves requests"
    );
    static constexpr const mesh_config_key* config[] = {&upstream_option, nullptr};
    mesh::digest<std::string> upstream{*this, "upstream"};
    mesh::streams net{*this};

    void start() override {
        const auto behind = conf<std::string>("upstream_role");
        const auto look = [this, behind] { upstream = peer_count(behind) > 0 ? "up" : "down"; };
        look();
        keep(peers([look](auto&) { look(); }, behind));
        keep(net.serve("mesh-gateway/1", [this, behind](mesh::connection caller) {
            caller.on_stream([this, behind](mesh::stream asked) {
                asked.discard();  // there is one question only
                asked.send(list(behind), true);
            });
        }));
    }

    /// "<id>\n" for each node that has the role.
    std::string list(std::string_view wanted) const {
        std::string all;
        for_each_peer([&](const mesh_peer& peer) {
            if (mesh::has_role(peer, wanted)) all += mesh::to_hex(peer.id) + "\n";
        });
        return all;
    }
};
MESH_PLUGIN(gateway, "gateway", "0.2.0", "meshhost", "the way in from outside the mesh");
