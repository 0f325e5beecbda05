// SPDX-License-Identifier: Apache-2.0
// Roles that run, as threads and as processes: what they see, what they say, and what happens when
// they go wrong.
#include "plugin_bench.hpp"

#include <string>

using namespace meshhost;
using namespace meshhost::test;
using plugin::proto::instance_state;

TEST_CASE("plugin: a role in C counts its posts", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    bench.run(test_plugin("plain_c"));
    CHECK(bench.until_value("test.posts", std::uint64_t{5}));
    CHECK(bench.stop() == 0);
    CHECK(bench.values.empty());
    CHECK(bench.errors.empty());
    CHECK(
        bench.states
        == std::vector<
            std::string>{"test-0 starting", "test-0 running", "test-0 draining", "test-0 stopped"}
    );
}

TEST_CASE("plugin: a role reads its configuration with the defaults filled in", "[plugin]") {
    const bool is_isolated = GENERATE(false, true);
    plugin_bench by_default(is_isolated);
    by_default.run(test_plugin("recorder"));
    CHECK(by_default.until_value("recorder.said", "hello"));

    plugin_bench configured(is_isolated);
    configured.own("recorder-0").config.values = {{"words", {{"greeting", "moin"}}}};
    configured.run(test_plugin("recorder"));
    CHECK(configured.until_value("recorder.said", "moin"));
}

TEST_CASE("plugin: a timer fires until it is cancelled, also by itself", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    bench.run(test_plugin("recorder"));
    CHECK(bench.until_value("recorder.ticks", std::int64_t{3}));
    CHECK(bench.stop() == 0);
    CHECK(bench.errors.empty());  // nothing was left open
}

TEST_CASE("plugin: a role is told of peers that come, change and go", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    bench.run(test_plugin("recorder"));
    bench.manager().publish(snapshot({{1, peer("compute")}}));
    CHECK(bench.until_value("recorder.last_peer", "up compute"));
    CHECK(bench.until_value("recorder.present", std::uint64_t{1}));
    bench.manager().publish(snapshot({{1, peer("compute,broker")}}));
    CHECK(bench.until_value("recorder.last_peer", "changed compute,broker"));
    auto draining = peer("compute,broker");
    draining.presence = plugin::peer_presence::draining;
    bench.manager().publish(snapshot({{1, draining}}));
    CHECK(bench.until_value("recorder.last_peer", "draining compute,broker"));
    bench.manager().publish(snapshot({}));
    CHECK(bench.until_value("recorder.last_peer", "down compute,broker"));
    CHECK(bench.until_value("recorder.present", std::uint64_t{0}));
}

TEST_CASE("plugin: a role sees at its start what was published before", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    REQUIRE_FALSE(bench.load(test_plugin("recorder")));
    bench.manager().publish(snapshot({{1, peer("bridge")}}));
    bench.manager().start();
    CHECK(bench.until_value("recorder.last_peer", "up bridge"));
}

TEST_CASE("plugin: a role watches the digests of others", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    bench.run(test_plugin("recorder"));
    auto busy = peer("compute");
    busy.contributions = {{"compute", "load", "1", 0.5}, {"compute", "slots", "", 0.25}};
    bench.manager().publish(snapshot({{1, busy}}));
    CHECK(bench.until_value("recorder.heard", "load 0.500000"));
    bench.manager().publish(snapshot({}));
    CHECK(bench.until_value("recorder.heard", "load cleared"));
}

TEST_CASE("plugin: a call from another thread is refused, a post from it arrives", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    bench.run(test_plugin("off_strand"));
    CHECK(bench.until_value("test.refused", std::int64_t{-3}));  // MESH_E_THREAD
    CHECK(bench.until_value("test.words", "called off the strand; use mesh_host.post"));
    CHECK(bench.until_value("test.on_strand", true));
}

TEST_CASE("plugin: a start that fails says why", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    REQUIRE_FALSE(bench.load(test_plugin("start_fails")));
    bench.manager().start();
    REQUIRE(bench.until_state(instance_state::failed));
    CHECK(
        bench.errors
        == std::vector<std::string>{"MP204 start returned MESH_E_IO: no upstream answered"}
    );
    CHECK(bench.stop() == 0);
}

TEST_CASE("plugin: a role that gives up is stopped", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    REQUIRE_FALSE(bench.load(test_plugin("gives_up")));
    bench.manager().start();
    REQUIRE(bench.until_state(instance_state::failed));
    CHECK(
        bench.errors
        == std::vector<std::string>{"MP306 reported a fatal MESH_E_IO: the disk is gone: stopped"}
    );
}

TEST_CASE("plugin: a role that gives up while it is created is stopped, too", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    bench.own("test-0").restarts.most = 0;
    const auto refused = bench.load(test_plugin("gives_up_in_create"));
    REQUIRE((refused ? refused->message : "") == "");
    bench.manager().start();
    REQUIRE(bench.until_state(instance_state::failed));
    CHECK(
        bench.errors
        == std::vector<std::string>{"MP306 reported a fatal MESH_E_IO: the disk is gone: stopped"}
    );
}

TEST_CASE("plugin: ten failed events in a row are enough", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    REQUIRE_FALSE(bench.load(test_plugin("throws_wrapped")));
    bench.manager().start();
    REQUIRE(bench.until_state(instance_state::failed));
    REQUIRE(bench.errors.size() == 10);
    CHECK(
        bench.errors.front()
        == "MP301 on_event(3:1) returned MESH_E_PANIC: queue is corrupt "
           "(failure 1 of 10 before quarantine)"
    );
    CHECK(
        bench.errors.back()
        == "MP301 on_event(3:1) returned MESH_E_PANIC: queue is corrupt "
           "(failure 10 of 10 before quarantine)"
    );
    CHECK(bench.stop() == 0);
}

TEST_CASE("plugin: an exception that crosses the ABI ends the instance, not the host", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    REQUIRE_FALSE(bench.load(test_plugin("throws_raw")));
    bench.manager().start();
    REQUIRE(bench.until_state(instance_state::failed));
    CHECK(
        bench.errors
        == std::vector<
            std::string>{"MP302 C++ exception crossed the ABI in start: no such upstream: "
                         "instance test-0 quarantined; the plugin must catch at its boundary"}
    );
    CHECK(bench.stop() == 0);
}

TEST_CASE("plugin: two instances of one shared object do not share their names", "[plugin]") {
    plugin_bench bench(GENERATE(false, true));
    REQUIRE(bench.load_all({{test_plugin("recorder"), {}, {}}, {test_plugin("recorder"), {}, {}}}
    ).empty());
    bench.manager().start();
    CHECK(bench.until_state(instance_state::running));
    CHECK(bench.manager().status()[1].instance == "recorder-1");
    CHECK(bench.stop() == 0);
}
