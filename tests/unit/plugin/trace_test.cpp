// SPDX-License-Identifier: Apache-2.0
// mesh.trace/1: spans, their ids, and where the finished ones go.
#include "bare_instance.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/span_table.hpp"
#include "support/catch.hpp"
#include "telemetry/span_ring.hpp"

using namespace meshhost;
using namespace meshhost::plugin;
using test::bare_instance;
using test::str;
using attributes = std::vector<telemetry::attribute>;

TEST_CASE("span table: ids come from the seed, and children share the trace", "[plugin][trace]") {
    proto::span_table spans(prng(7));
    proto::span_table same(prng(7));
    const auto parent = spans.begin({.name = "parent"}, time_point(1s), 5s);
    const auto child = spans.begin({.name = "child", .parent = parent}, time_point(2s), 6s);
    CHECK(spans.context(parent)->id == same.context(same.begin({.name = ""}, {}, {}))->id);
    CHECK(spans.context(parent)->trace == spans.context(child)->trace);
    CHECK(spans.context(parent)->id != spans.context(child)->id);
    CHECK(spans.context(parent)->flags == 1);
    const auto done = spans.end(child, time_point(5s), false, "no");
    REQUIRE(done);
    CHECK(done->parent == spans.context(parent)->id);
    CHECK(done->length == 3s);
    CHECK(done->started == 6s);
    CHECK_FALSE(done->is_ok);
    CHECK_FALSE(spans.end(child, time_point(5s), true, ""));
    const proto::span_context remote{{1, 2, 3}, {4, 5}, 0};
    const auto far = spans.begin({.name = "far", .remote = remote}, {}, {});
    CHECK(spans.context(far)->trace == remote.trace);
    CHECK(spans.context(far)->flags == 0);
    CHECK(spans.end(far, {}, true, "")->parent == remote.id);
}

TEST_CASE("span table: all of it is bounded", "[plugin][trace]") {
    proto::span_table spans(prng(7));
    const auto span = spans.begin({.name = "x"}, {}, {});
    for (std::size_t i = 0; i < proto::span_attributes_max + 3; ++i)
        CHECK(spans.add(span, attributes{{"key" + std::to_string(i), true}}));
    CHECK(spans.add(span, attributes{{"key0", false}}));  // another value, not another attribute
    for (std::size_t i = 0; i < proto::span_events_max + 2; ++i)
        CHECK(spans.add(span, telemetry::span_event{"e", {}, {}}));
    for (std::size_t i = 1; i < proto::spans_open_max; ++i)
        REQUIRE(spans.begin({.name = "y"}, {}, {}) != 0);
    CHECK(spans.begin({.name = "z"}, {}, {}) == 0);
    const auto done = spans.end(span, {}, true, "");
    CHECK(done->attributes.size() == proto::span_attributes_max);
    CHECK(done->attributes.front().value == telemetry::attribute_value(false));
    CHECK(done->events.size() == proto::span_events_max);
    CHECK(done->dropped == 5);
    CHECK_FALSE(spans.add(span, attributes{{"late", true}}));

    telemetry::span_ring ring(2);
    for (const char* name : {"a", "b", "c"}) {
        telemetry::span one;
        one.name = name;
        ring.append(one);
    }
    REQUIRE(ring.spans().size() == 2);
    CHECK(ring.spans().front().name == "b");
    CHECK(ring.given_way() == 1);
}

TEST_CASE("trace table: what goes wrong is said", "[plugin][trace]") {
    const bare_instance plugin;
    const auto& table = plugin.table<mesh_trace_v1>(MESH_EXT_TRACE);
    mesh_handle span = 0;
    CHECK(table.begin(plugin.host, str("x"), 9, 0, nullptr, &span) == MESH_E_UNSUPPORTED);
    CHECK(table.begin(plugin.host, str("x"), 0, 0, nullptr, nullptr) == MESH_E_INVALID);
    CHECK(table.begin(plugin.host, str("x"), 0, 4711, nullptr, &span) == MESH_OK);
    CHECK(table.current(plugin.host) == 0);
    mesh_span_context context{};
    CHECK(table.context(plugin.host, span, &context) == MESH_OK);
    CHECK(context.flags == 1);
    table.end(plugin.host, span, MESH_E_IO, {});
    table.end(plugin.host, span, MESH_OK, {});
    CHECK(plugin.last_error() == "no such span is open");
    CHECK(table.context(plugin.host, span, &context) == MESH_E_HANDLE);
    auto& said = static_cast<test::recording_uplink&>(*plugin.context.link).said;
    REQUIRE(said.size() == 1);
    CHECK(std::get<proto::up::span_ended>(said.front()).span.message == "MESH_E_IO");
}

TEST_CASE("trace: finished spans reach the host, events' when it wants them", "[plugin][trace]") {
    test::plugin_bench bench(GENERATE(false, true));
    bench.own("measurer-0").trace_every = 1;
    bench.run(test::test_plugin("measurer"));
    const auto find = [&](std::string_view name) -> const telemetry::span* {
        for (const auto& each : bench.manager().spans("measurer-0")->spans())
            if (each.name == name) return &each;
        return nullptr;
    };
    REQUIRE(bench.until([&] { return find("whole") != nullptr && find("event 3:1") != nullptr; }));
    const auto& whole = *find("whole");
    const auto& part = *find("part");
    CHECK(part.parent == whole.id);
    CHECK(part.trace == whole.trace);
    CHECK(part.message == "it broke");
    CHECK(whole.attributes.front().key == "jobs");
    CHECK(whole.events.front().name == "half");
    const auto& tick = *find("tick");  // begun while the event was delivered
    bool has_event = false;
    for (const auto& each : bench.manager().spans("measurer-0")->spans())
        has_event = has_event || each.id == tick.parent;
    CHECK(has_event);
    CHECK(bench.manager().spans("nobody") == nullptr);
}
