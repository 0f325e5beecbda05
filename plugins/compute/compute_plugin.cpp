// SPDX-License-Identifier: Apache-2.0
// compute: tells the mesh how busy this machine is, so that work goes where there is room.
#include <mesh/plugin.hpp>

#include <algorithm>
#include <cstdlib>
#include <thread>

struct compute : mesh::role {
    static constexpr const char* needs[] = {MESH_EXT_TIMER, MESH_EXT_DIGEST, nullptr};
    static constexpr auto tick_option = mesh::option<std::int64_t>(
        "tick_ms",
        "60000",
        "10..86400000",
        "how often to look at the load, in milliseconds"
    );
    static constexpr const mesh_config_key* config[] = {&tick_option, nullptr};
    mesh::digest<double> load{*this, "load", {"1", 0.05}};  // 1: every core busy

    void start() override {
        measure();
        const std::chrono::milliseconds tick(conf<std::int64_t>("tick_ms"));
        keep(every(tick, [this] { measure(); }));
    }

    void measure() {
        double minute = 0;
        if (::getloadavg(&minute, 1) == 1)
            load = minute / std::max(1U, std::thread::hardware_concurrency());
    }
};
MESH_PLUGIN(compute, "compute", "0.1.0", "meshhost", "runs jobs for its peers");
