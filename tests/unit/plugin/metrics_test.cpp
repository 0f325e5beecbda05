// SPDX-License-Identifier: Apache-2.0
// mesh.metrics/1: what is recorded, and what the host gets to see of it.
#include "bare_instance.hpp"
#include "plugin/proto/limits.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <thread>

using namespace meshhost;
using namespace meshhost::plugin;
using test::bare_instance;
using test::str;

namespace {

mesh_instrument wanted(const char* name, std::uint32_t kind) {
    mesh_instrument made{};
    made.struct_size = sizeof made;
    made.kind = kind;
    made.name = name;
    return made;
}

mesh_attr number(std::string_view key, std::int64_t value) {
    mesh_attr made{str(key), {}};
    made.value.type = MESH_T_I64;
    made.value.as.i64 = value;
    return made;
}

const telemetry::metric& metric_in(const telemetry::metrics_snapshot& from, std::string_view name) {
    for (const auto& each : from.metrics)
        if (each.name == name) return each;
    FAIL("no metric " << name);
    return from.metrics.front();
}

/// What the instance answers when the host asks.
telemetry::metrics_snapshot ask(test::plugin_bench& bench, const std::string& instance) {
    std::optional<telemetry::metrics_snapshot> told;
    REQUIRE(bench.manager().ask_metrics(instance, [&](const auto& metrics, bool is_fresh) {
        CHECK(is_fresh);
        told = metrics;
    }));
    REQUIRE(bench.until([&] { return told.has_value(); }));
    return *told;
}

}  // namespace

TEST_CASE("metrics table: one name, one handle, one kind", "[plugin][metrics]") {
    const bare_instance plugin;
    const auto& table = plugin.table<mesh_metrics_v1>(MESH_EXT_METRICS);
    auto jobs = wanted("jobs", MESH_METRIC_COUNTER);
    mesh_handle first = 0;
    mesh_handle second = 0;
    CHECK(table.create(plugin.host, &jobs, &first) == MESH_OK);
    CHECK(table.create(plugin.host, &jobs, &second) == MESH_OK);
    CHECK(first == second);
    jobs.kind = MESH_METRIC_GAUGE;
    CHECK(table.create(plugin.host, &jobs, &second) == MESH_E_EXISTS);
    CHECK(plugin.last_error() == "jobs is a counter");
    for (const char* bad : {"", "1st", "with blank", "line\nbreak"}) {
        auto other = wanted(bad, MESH_METRIC_COUNTER);
        CHECK(table.create(plugin.host, &other, &second) == MESH_E_INVALID);
    }
    auto unknown = wanted("x", 9);
    CHECK(table.create(plugin.host, &unknown, &second) == MESH_E_UNSUPPORTED);
    auto small = wanted("x", MESH_METRIC_COUNTER);
    small.struct_size = 8;
    CHECK(table.create(plugin.host, &small, &second) == MESH_E_INVALID);
    const double falling[] = {2, 1};
    auto bounded = wanted("x", MESH_METRIC_HISTOGRAM);
    bounded.bounds = falling;
    bounded.bound_count = 2;
    CHECK(table.create(plugin.host, &bounded, &second) == MESH_E_INVALID);
    for (std::size_t i = 1; i < proto::instruments_max; ++i) {
        const auto name = "n" + std::to_string(i);
        auto more = wanted(name.c_str(), MESH_METRIC_COUNTER);
        REQUIRE(table.create(plugin.host, &more, &second) == MESH_OK);
    }
    auto last = wanted("last", MESH_METRIC_COUNTER);
    CHECK(table.create(plugin.host, &last, &second) == MESH_E_BUDGET);
}

TEST_CASE("metrics table: what makes no sense is counted and ignored", "[plugin][metrics]") {
    bare_instance plugin;
    const auto& table = plugin.table<mesh_metrics_v1>(MESH_EXT_METRICS);
    auto jobs = wanted("jobs", MESH_METRIC_COUNTER);
    mesh_handle handle = 0;
    REQUIRE(table.create(plugin.host, &jobs, &handle) == MESH_OK);
    table.record(plugin.host, handle, -1, nullptr, 0);
    table.record(plugin.host, handle, std::nan(""), nullptr, 0);
    table.record(plugin.host, handle, std::numeric_limits<double>::infinity(), nullptr, 0);
    table.record(plugin.host, handle + 1, 1, nullptr, 0);
    table.record(plugin.host, 0, 1, nullptr, 0);
    table.record(plugin.host, handle, 1, nullptr, 99);
    const auto all = plugin.context.metrics.snapshot({});
    CHECK(all.rejected == 5);
    REQUIRE(all.metrics.front().points.size() == 1);
    CHECK(all.metrics.front().points.front().value == 1);
}

TEST_CASE("metrics table: threads add up, and sets overflow", "[plugin][metrics]") {
    bare_instance plugin;
    plugin.context.gate.created();
    const auto& table = plugin.table<mesh_metrics_v1>(MESH_EXT_METRICS);
    auto jobs = wanted("jobs", MESH_METRIC_COUNTER);
    mesh_handle handle = 0;
    REQUIRE(table.create(plugin.host, &jobs, &handle) == MESH_OK);
    constexpr std::int64_t sets = 100;  // more than there is room for
    constexpr int rounds = 200;
    const auto work = [&] {
        for (int round = 0; round < rounds; ++round) {
            for (std::int64_t set = 0; set < sets; ++set) {
                const mesh_attr attribute = number("set", set);
                table.record(plugin.host, handle, 1, &attribute, 1);
            }
        }
    };
    std::thread other(work);
    work();
    other.join();
    const auto all = plugin.context.metrics.snapshot({});
    const auto& points = all.metrics.front().points;
    REQUIRE(points.size() == proto::attribute_sets_max + 1);
    CHECK(points.back().is_overflow);
    double sum = 0;
    for (const auto& point : points) {
        sum += point.value;
        if (!point.is_overflow) CHECK(point.value == 2 * rounds);
    }
    CHECK(sum == 2 * rounds * sets);
}

TEST_CASE("metrics: the host gets what a role measured", "[plugin][metrics]") {
    test::plugin_bench bench(GENERATE(false, true));
    bench.run(test::test_plugin("measurer"));
    const auto all = ask(bench, "measurer-0");
    CHECK(all.taken > all.started);
    const auto& done = metric_in(all, "jobs.done");
    CHECK(done.unit == "{job}");
    CHECK(done.description == "jobs that are done");
    REQUIRE(done.points.size() == 2);
    const auto& first = done.points[done.points[0].attributes.size() == 2 ? 0 : 1];
    CHECK(first.value == 5);
    CHECK(first.attributes[0].key == "kind");
    CHECK(std::get<std::string>(first.attributes[0].value) == "a");
    CHECK(std::get<bool>(first.attributes[1].value));
    CHECK(metric_in(all, "heat").points.front().value == 21.5);
    const auto& took = metric_in(all, "job.duration");
    CHECK(took.bounds == std::vector<double>{1, 10});
    CHECK(took.points.front().buckets == std::vector<std::uint64_t>{2, 1, 1});
    CHECK(took.points.front().value == 56.5);
    CHECK(metric_in(all, "jobs.open").points.size() == proto::attribute_sets_max + 1);
    CHECK_FALSE(bench.manager().ask_metrics("nobody", [](const auto&, bool) {}));
}

TEST_CASE("metrics: the askers of a busy role are bounded, and all are answered", "[plugin]") {
    test::plugin_bench bench(GENERATE(false, true));
    bench.run(test::test_plugin("measurer"));
    std::size_t told = 0;
    for (std::size_t i = 0; i < proto::figures_askers_max; ++i) {
        REQUIRE(bench.manager().ask_metrics("measurer-0", [&](const auto&, bool) { ++told; }));
    }
    CHECK_FALSE(bench.manager().ask_metrics("measurer-0", [](const auto&, bool) {}));
    CHECK(bench.until([&] { return told == proto::figures_askers_max; }));
}
