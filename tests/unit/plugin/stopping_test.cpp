// SPDX-License-Identifier: Apache-2.0
// The end of a role, also of one that does not want to end.
#include "plugin_bench.hpp"
#include "support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <string>

using namespace meshhost;
using namespace meshhost::test;
using plugin::proto::instance_state;

TEST_CASE("plugin: what is left open at stop is cancelled and named", "[plugin]") {
    plugin_bench bench;
    bench.run(test_plugin("leaks_timers"));
    CHECK(bench.stop() == 0);
    CHECK(
        bench.errors
        == std::vector<
            std::string>{"MP305 left open at stop, cancelled by the host: "
                         "timer \"poll\" timer \"poll\" timer \"poll\" 1 watch(es) of peers"}
    );
}

TEST_CASE("plugin: a role that is never drained is stopped at the deadline", "[plugin]") {
    plugin_bench bench;
    bench.settings.drain_limit = 50ms;
    bench.run(test_plugin("never_drained"));
    CHECK(bench.stop() == 0);
    CHECK(bench.manager().status()[0].state == instance_state::stopped);
    CHECK(bench.errors.empty());
}

TEST_CASE("plugin: a role that blocks in drain is left behind", "[plugin]") {
    plugin_bench bench;
    bench.settings.drain_limit = 50ms;
    bench.settings.stop_limit = 200ms;
    bench.run(test_plugin("blocks_in_drain"));
    CHECK(bench.stop() == 1);
    CHECK(
        bench.manager().status()[0].last_error
        == "MP308 stalled: test-0 has not stopped within 0.2 s, and cannot be killed in-process: "
           "left behind"
    );
}

TEST_CASE("plugin: calls from a thread that was not joined are refused", "[plugin]") {
    const temp_dir dir;
    const auto file = dir / "status";
    plugin_bench bench;
    bench.settings.instances["test-0"].config.values = {{"report", file.string()}};
    bench.run(test_plugin("late_thread"));
    CHECK(bench.stop() == 0);
    REQUIRE(bench.until([&] { return std::filesystem::exists(file); }));
    int status = 0;
    std::ifstream(file) >> status;
    CHECK(status == -2);  // MESH_E_STATE
}

TEST_CASE("plugin: stopping without plugins answers all the same", "[plugin]") {
    plugin_bench bench;
    CHECK(bench.load_all({}).empty());
    CHECK(bench.stop() == 0);
}

TEST_CASE("plugin: a manager that goes without a stop takes its instances along", "[plugin]") {
    plugin_bench running;
    running.run(test_plugin("recorder"));
    plugin_bench created;
    CHECK_FALSE(created.load(test_plugin("recorder")));
}
