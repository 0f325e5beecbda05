// SPDX-License-Identifier: Apache-2.0
// compute: tells the mesh how busy this machine is, and how fast it is, so that work goes where
// there is room.
#include <mesh/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

struct compute : mesh::role {
    static constexpr const char* needs[] =
        {MESH_EXT_TIMER, MESH_EXT_DIGEST, MESH_EXT_WORKER, MESH_EXT_HEALTH, nullptr};
    static constexpr const char* wants[] = {MESH_EXT_METRICS, nullptr};
    static constexpr mesh_budget budget{
        .struct_size = sizeof(mesh_budget),
        .cpu_millicores = 50,
        .rss_bytes = 16u << 20,
        .state_bytes = 0,
        .max_callback_us = 1000,
        .threads = 0,
        .digest_bytes = 128,
        .gossip_bytes_per_s = 0,
        .streams = 0,
        .timers = 1};
    static constexpr auto tick_option = mesh::option<std::int64_t>(
        "tick_ms",
        "60000",
        "10..86400000",
        "how often to look at the load, in milliseconds",
        MESH_CFG_RELOAD
    );
    static constexpr auto busy_option = mesh::option<double>(
        "busy",
        "0.0",
        nullptr,
        "the load from which on the role says that it is degraded; 0: none",
        MESH_CFG_RELOAD
    );
    static constexpr const mesh_config_key* config[] = {&tick_option, &busy_option, nullptr};
    mesh::digest<double> load{*this, "load", {"1", 0.05}};  // 1: every core busy
    mesh::workers pool{*this};
    mesh::health health{*this};
    mesh::histogram took{*this, "compute.sample.duration", {"s", "of one sample of work"}};
    mesh::scoped clock;

    void start() override { config_changed(); }
    void check_config() override {
        if (candidate<double>("busy") < 0) throw mesh::error(MESH_E_CONFIG, "busy is not negative");
    }
    void config_changed() override {
        clock = every(std::chrono::milliseconds(conf<std::int64_t>("tick_ms")), [this] { look(); });
        look();
    }
    void stop() override { clock.reset(); }

    void look() {
        double minute = 0;
        if (::getloadavg(&minute, 1) != 1) return health.unhealthy("the load cannot be read");
        const auto busy = minute / std::max(1U, std::thread::hardware_concurrency());
        load = busy;
        const auto limit = conf<double>("busy");
        limit == 0 || busy < limit ? health.ok() : health.degraded("this machine is overloaded");
        pool.run(&compute::sample, [this](double seconds) { took.record(seconds); });
    }

    /// A little work, on a thread of the host's: how long it takes says more than any clock rate.
    static double sample() {
        const auto began = std::chrono::steady_clock::now();
        volatile std::uint64_t sum = 0;
        for (std::uint64_t i = 0; i < 100'000; ++i)
            sum = sum + i * i;
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    }
};
MESH_PLUGIN(compute, "compute", "0.1.0", "meshhost", "runs jobs for its peers");
