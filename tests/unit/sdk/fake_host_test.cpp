// SPDX-License-Identifier: Apache-2.0
// One fake host: its clock, its events, faults, and the tables that need no other node.
#include <mesh/testing.hpp>

#include "support/catch.hpp"
#include "unit/sdk/chatty_role.hpp"

#include <thread>

using namespace std::chrono_literals;
using mesh::testing::fake_host;
using mesh::testing::value;

namespace {

struct running : fake_host {
    running()
        : fake_host(chatty::plugin()) {
        REQUIRE(create() == MESH_OK);
        REQUIRE(start() == MESH_OK);
        run();
    }
    chatty::role& role() const { return *chatty::role::latest; }

    /// Runs `f` on the strand, as a callback of the role would.
    template <class F>
    void on_strand(F f) {
        role().post(std::move(f));
        run();
    }
    template <class Table>
    const Table& table() {
        return role().need<Table>();
    }
};

}  // namespace

TEST_CASE("a whole life leaves nothing behind") {
    running host;
    REQUIRE(host.is_started());
    REQUIRE(host.logged("started"));
    REQUIRE(host.drain() == MESH_OK);
    REQUIRE(host.is_drained());
    REQUIRE(host.stop() == MESH_OK);
    REQUIRE(host.leaks().empty());
    REQUIRE(host.violations().empty());
    host.destroy();
    REQUIRE(chatty::role::latest == nullptr);
}

TEST_CASE("what is made in the constructor sees the configuration") {
    running host;
    REQUIRE(host.role().first_bound == 7);
    REQUIRE(mesh::construction::current() == nullptr);
}

TEST_CASE("time stands still until it is told to pass") {
    running host;
    REQUIRE(host.digest("ticks") == value{});
    host.advance(999ms);
    REQUIRE(host.digest("ticks") == value{});
    host.advance(1ms);
    REQUIRE(host.digest("ticks") == value(1));
    host.advance(10s);
    REQUIRE(host.digest("ticks") == value(11));
}

TEST_CASE("a late strand hears of the periods it missed") {
    running host;
    host.stall(3500ms);
    REQUIRE(host.digest("ticks") == value(1));  // one event for three periods
    host.advance(500ms);
    REQUIRE(host.digest("ticks") == value(2));  // and the pace is kept
}

TEST_CASE("a one-shot timer fires once and its handle goes") {
    running host;
    mesh_handle timer = 0;
    host.on_strand([&] {
        const auto& timers = host.table<mesh_timer_v1>();
        timers.start(host.abi(), mesh::str("once"), 5000000, 0, 99, &timer);
    });
    REQUIRE(host.open_handles("timer") == 2);
    host.advance(10ms);
    REQUIRE(host.open_handles("timer") == 1);
    REQUIRE(host.role().others == std::vector<std::uint32_t>{MESH_EV_TIMER});
}

TEST_CASE("the configuration is the schema's, and what the test sets") {
    SECTION("default") {
        running host;
        REQUIRE(host.role().bound == 7);
        REQUIRE(host.config_reads() == std::vector<std::string>{"limit", "limit"});
    }
    SECTION("set") {
        fake_host host(chatty::plugin());
        host.set_config("limit", 12);
        host.create();
        host.start();
        REQUIRE(chatty::role::latest->bound == 12);
    }
    SECTION("arrays, tables and JSON") {
        running host;
        host.set_config("list[0].name", "a");
        host.set_config("list[1].name", "b");
        host.on_strand([&] {
            const auto& config = host.table<mesh_config_v1>();
            std::size_t count = 0;
            mesh_str text{};
            REQUIRE(config.count(host.abi(), 0, mesh::str("list"), &count) == MESH_OK);
            REQUIRE(count == 2);
            REQUIRE(config.text(host.abi(), 0, MESH_CFG_JSON, &text) == MESH_OK);
            REQUIRE(mesh::view(text) == R"({"limit":7,"list":[{"name":"a"},{"name":"b"}]})");
        });
    }
}

TEST_CASE("a function fails when the test says so, once") {
    fake_host host(chatty::plugin());
    host.fail("timer.start", MESH_E_BUDGET);
    REQUIRE(host.create() == MESH_OK);
    REQUIRE(host.start() == MESH_E_BUDGET);
    REQUIRE(host.error() == "timer: made to fail by the test");
    REQUIRE(host.start() == MESH_OK);
    REQUIRE(host.calls().at("timer.start") == 2);
}

TEST_CASE("a table can be withheld, and a permission not granted") {
    fake_host host(chatty::plugin());
    SECTION("table") {
        host.withhold(MESH_EXT_GOSSIP);
        REQUIRE(host.create() == MESH_OK);
        REQUIRE(host.start() == MESH_E_UNSUPPORTED);
    }
    SECTION("permission") {
        host.grant({"gossip:sub:weather"});
        REQUIRE(host.create() == MESH_OK);
        REQUIRE(host.start() == MESH_E_DENIED);
        REQUIRE(host.error() == "subscribe: not granted: gossip:sub:news");
    }
    SECTION("digest bytes") {
        host.grant_digest_bytes(8);
        REQUIRE(host.create() == MESH_E_BUDGET);
    }
}

TEST_CASE("the strand is kept") {
    running host;
    const auto& timers = host.table<mesh_timer_v1>();
    mesh_handle handle = 0;
    SECTION("between two callbacks nobody is on it") {
        REQUIRE(timers.start(host.abi(), {}, 1, 0, 0, &handle) == MESH_E_THREAD);
    }
    SECTION("another thread is not, whatever goes on") {
        host.on_strand([&] {
            std::thread([&] {
                REQUIRE_FALSE(host.abi()->on_strand(host.abi()));
                REQUIRE(timers.start(host.abi(), {}, 1, 0, 0, &handle) == MESH_E_THREAD);
            }).join();
        });
    }
    REQUIRE(host.violations().size() == 1);
    REQUIRE(host.violations()[0].function == "timer.start");
    REQUIRE(host.violations()[0].what == "called off the strand");
}

TEST_CASE("a thread may post") {
    running host;
    int ran = 0;
    std::thread([&] { host.role().post([&] { ++ran; }); }).join();
    REQUIRE(ran == 0);
    host.run();
    REQUIRE(ran == 1);
}

TEST_CASE("calls after stop are refused and remembered") {
    running host;
    const auto* abi = host.abi();
    host.stop();
    REQUIRE(abi->post(abi, 1, nullptr) == MESH_E_STATE);
    REQUIRE(host.violations().size() == 1);
}

TEST_CASE("what is open at stop is a leak") {
    running host;
    host.on_strand([&] {
        mesh_handle timer = 0;
        host.table<mesh_timer_v1>().start(host.abi(), mesh::str("forgotten"), 1000, 0, 0, &timer);
    });
    host.stop();
    REQUIRE(host.leaks().size() == 1);
    REQUIRE(host.leaks()[0].kind == "timer");
    REQUIRE(host.leaks()[0].name == "forgotten");
}

TEST_CASE("handles: stale is an error, foreign is a mistake") {
    running host;
    host.on_strand([&] {
        const auto& timers = host.table<mesh_timer_v1>();
        mesh_handle timer = 0;
        timers.start(host.abi(), {}, 1000, 0, 0, &timer);
        REQUIRE(timers.cancel(host.abi(), timer) == MESH_OK);
        REQUIRE(timers.cancel(host.abi(), timer) == MESH_E_HANDLE);
        REQUIRE(host.violations().empty());
        REQUIRE(timers.cancel(host.abi(), 12345678) == MESH_E_HANDLE);
        REQUIRE(host.violations().size() == 1);
    });
}

TEST_CASE("the digest keeps its rules") {
    running host;
    const auto& digest = host.table<mesh_digest_v1>();
    const mesh::value text("x");
    host.on_strand([&] {
        REQUIRE(digest.set(host.abi(), 0, &text) == MESH_E_INVALID);  // declared as a number
        REQUIRE(digest.set(host.abi(), 5, &text) == MESH_E_INVALID);
        REQUIRE(digest.declare(host.abi(), nullptr, 0) == MESH_E_STATE);
    });
    host.advance(1s);
    host.on_strand([&] { REQUIRE(digest.clear(host.abi(), 0) == MESH_OK); });
    REQUIRE(host.digest("ticks") == value{});
}

TEST_CASE("state is staged, seen by its writer, and kept by a commit") {
    running host;
    host.state()["old"] = "1";
    host.on_strand([&] {
        const auto& state = host.table<mesh_state_v1>();
        std::uint8_t buffer[8];
        std::size_t size = 0;
        state.put(host.abi(), mesh::str("new"), mesh::bytes("22"));
        REQUIRE(host.state().count("new") == 0);
        REQUIRE(state.get(host.abi(), mesh::str("new"), buffer, 8, &size) == MESH_OK);
        REQUIRE(size == 2);
        REQUIRE(state.get(host.abi(), mesh::str("new"), buffer, 1, &size) == MESH_E_TOO_LARGE);
        std::uint64_t cursor = 0;
        mesh_str key{};
        REQUIRE(state.next(host.abi(), {}, &cursor, &key) == MESH_OK);
        REQUIRE(mesh::view(key) == "new");
        state.del(host.abi(), mesh::str("old"));
        REQUIRE(state.commit(host.abi(), 77, nullptr) == MESH_OK);
    });
    REQUIRE(host.state() == std::map<std::string, std::string>{{"new", "22"}});
    REQUIRE(host.role().others == std::vector<std::uint32_t>{MESH_EV_STATE_COMMITTED});
}

TEST_CASE("metrics, spans, health, signatures and descriptors can be looked at") {
    running host;
    host.on_strand([&] {
        const auto* h = host.abi();
        const auto& metrics = host.table<mesh_metrics_v1>();
        mesh_instrument jobs{};
        jobs.struct_size = sizeof jobs;
        jobs.kind = MESH_METRIC_COUNTER;
        jobs.name = "jobs";
        mesh_handle counter = 0;
        REQUIRE(metrics.create(h, &jobs, &counter) == MESH_OK);
        metrics.record(h, counter, 2, nullptr, 0);
        metrics.record(h, counter, 3, nullptr, 0);

        const auto& trace = host.table<mesh_trace_v1>();
        mesh_handle span = 0;
        REQUIRE(trace.begin(h, mesh::str("job"), 0, 0, nullptr, &span) == MESH_OK);
        trace.end(h, span, MESH_E_IO, {});

        host.table<mesh_health_v1>().set(h, MESH_HEALTH_DEGRADED, mesh::str("slow"));

        const auto& identity = host.table<mesh_identity_v1>();
        std::uint8_t signature[64];
        REQUIRE(identity.sign(h, mesh::str("c"), mesh::bytes("m"), signature) == MESH_OK);
        REQUIRE(
            identity.verify(h, host.id(), mesh::str("c"), mesh::bytes("m"), signature) == MESH_OK
        );
        REQUIRE(
            identity.verify(h, host.id(), mesh::str("d"), mesh::bytes("m"), signature)
            == MESH_E_INVALID
        );

        mesh_handle watch = 0;
        REQUIRE(host.table<mesh_fd_v1>().watch(h, 0, MESH_FD_READ, 5, &watch) == MESH_OK);
    });
    REQUIRE(host.metrics().at("jobs").sum == 5);
    REQUIRE(host.metrics().at("jobs").count == 2);
    REQUIRE(host.spans().begin()->second.is_ended);
    REQUIRE(host.spans().begin()->second.status == MESH_E_IO);
    REQUIRE(host.health() == MESH_HEALTH_DEGRADED);
    REQUIRE(host.health_reason() == "slow");
    host.fd_ready(0, MESH_FD_WRITE);
    host.fd_ready(0, MESH_FD_READ);
    host.run();
    REQUIRE(host.role().others == std::vector<std::uint32_t>{MESH_EV_FD});
}

TEST_CASE("an unknown kind of event reaches the role, which ignores it") {
    running host;
    const mesh_event event{sizeof event, MESH_EV(999, 1), 0, 0, 0};
    REQUIRE(host.deliver(event) == MESH_OK);
    REQUIRE(host.role().others.size() == 1);
}
