// SPDX-License-Identifier: Apache-2.0
// Wants more than its budget says: publishes until three were refused, one of them from a thread of
// its own, and starts timers until two were. The digest shows what it got for it.
#include <mesh/plugin.hpp>

#include <string>
#include <thread>

struct spender : mesh::role {
    static constexpr const char* permissions[] = {"gossip:pub:spend", nullptr};
    static constexpr mesh_budget budget{
        .struct_size = sizeof(mesh_budget),
        .cpu_millicores = 0,
        .rss_bytes = 0,
        .state_bytes = 0,
        .max_callback_us = 0,
        .threads = 1,
        .digest_bytes = 0,
        .gossip_bytes_per_s = 1000,
        .streams = 0,
        .timers = 2};
    static constexpr mesh_ns hour = 3'600'000'000'000;

    mesh::digest<std::int64_t> gossip{*this, "gossip"};
    mesh::digest<std::int64_t> timer{*this, "timer"};

    /// Of the first that is refused.
    mesh_status publish() const {
        const std::string body(3000, 'x');
        mesh_status status = MESH_OK;
        while (status == MESH_OK)
            status =
                need<mesh_gossip_v1>()
                    .publish(host(), mesh::str("spend"), mesh::bytes(body), MESH_PUB_NEIGHBORS);
        return status;
    }

    mesh_status start_timers() const {
        mesh_status status = MESH_OK;
        mesh_handle handle = 0;
        while (status == MESH_OK)
            status =
                need<mesh_timer_v1>().start(host(), mesh::str("spare"), hour, hour, 1, &handle);
        return status;
    }

    void start() override {
        std::thread([this] { publish(); }).join();
        publish();
        gossip = publish();
        start_timers();
        timer = start_timers();
    }
};
MESH_PLUGIN(spender, "test", "1.0.0", "tests", "spends too much");
