// SPDX-License-Identifier: Apache-2.0
// broker: takes jobs from whoever asks, and tells all brokers of the mesh.
#include <mesh/plugin.hpp>

struct broker : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_GOSSIP, MESH_EXT_MESSAGE, nullptr};
    static constexpr const char* permissions[] =
        {"gossip:pub:jobs/new", "gossip:sub:jobs/new", "message:serve:broker.submit", nullptr};
    static constexpr const mesh_config_key* config[] = {nullptr};
    mesh::digest<std::uint64_t> peers_up{*this, "peers", {"{peer}"}};
    mesh::digest<std::uint64_t> jobs{*this, "jobs", {"{job}"}};
    std::uint64_t heard = 0;

    void start() override {
        peers_up = peer_count();
        keep(peers([this](auto&) { peers_up = peer_count(); }));
        keep(subscribe("jobs/new", [this](auto&) { jobs = ++heard; }));
        keep(serve("broker.submit", [this](auto& job) {
            const bool is_told = publish("jobs/new", mesh::view(job.body), MESH_PUB_LOOPBACK);
            return is_told ? "announced" : "busy";
        }));
    }
};
MESH_PLUGIN(
    broker,
    "broker",
    "0.2.0",
    "meshhost",
    "hands work from those who have it to those who do it"
);
