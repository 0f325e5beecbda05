// SPDX-License-Identifier: Apache-2.0
// registry: tells the mesh how many different roles this node can find for others, and keeps over a
// restart how many it has ever seen.
#include <mesh/plugin.hpp>

#include <set>

struct registry : mesh::role {
    static constexpr const char* needs[] =
        {MESH_EXT_PEERS, MESH_EXT_DIGEST, MESH_EXT_STATE, nullptr};
    static constexpr const char* permissions[] = {"state:1MiB", nullptr};
    static constexpr const mesh_config_key* config[] = {nullptr};
    mesh::digest<std::uint64_t> roles{*this, "roles", {"{role}"}};
    mesh::digest<std::uint64_t> ever{*this, "ever", {"{role}"}};
    mesh::state state{*this};

    void start() override {
        count();
        keep(peers([this](auto&) { count(); }));
    }

    void count() {
        std::set<std::string> known;
        bool is_news = false;
        for_each_peer([&](const mesh_peer& peer) {
            mesh::for_each_role(peer, [&](auto name) { known.emplace(name); });
        });
        for (const auto& name : known) {
            if (state.get("role/" + name)) continue;
            state.put("role/" + name, "seen");
            is_news = true;
        }
        if (is_news) state.commit();
        std::uint64_t seen = 0;
        state.for_each_key("role/", [&](std::string_view) { ++seen; });
        roles = known.size();
        ever = seen;
    }
};
MESH_PLUGIN(registry, "registry", "0.1.0", "meshhost", "knows who does what");
