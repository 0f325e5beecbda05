// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "telemetry/prometheus.hpp"

#include <limits>

using namespace meshhost::telemetry;

namespace {

metric one(std::string name, std::string unit, metric_kind kind, std::vector<metric_point> points) {
    return {std::move(name), std::move(unit), "What it is.", kind, {}, std::move(points)};
}

std::string text_of(const metric& each) {
    prometheus_text all;
    all.add({each});
    return all.text();
}

}  // namespace

TEST_CASE("telemetry: names are mapped as OpenTelemetry maps them", "[telemetry]") {
    const auto name = [](const char* of, const char* unit, metric_kind kind) {
        return prometheus_text::family_name(of, unit, kind);
    };
    CHECK(name("mesh.net.io", "By", metric_kind::counter) == "mesh_net_io_bytes_total");
    CHECK(name("mesh.path.rtt", "s", metric_kind::histogram) == "mesh_path_rtt_seconds");
    CHECK(name("mesh.member.count", "{node}", metric_kind::updown) == "mesh_member_count");
    CHECK(name("a.utilization", "1", metric_kind::gauge) == "a_utilization_ratio");
    CHECK(name("9 lives", "", metric_kind::counter) == "_9_lives_total");
    CHECK(name("x.seconds", "s", metric_kind::gauge) == "x_seconds");
}

TEST_CASE("telemetry: families have a type, points their labels", "[telemetry]") {
    CHECK(
        text_of(one(
            "mesh.member.count",
            "{node}",
            metric_kind::updown,
            {{{{"state", std::string("alive")}}, false, 3, 0, {}},
             {{{"odd \"\n\\", std::string("\"\n\\")}, {"n", std::int64_t{-1}}}, false, 0.5, 0, {}}}
        ))
        == "# HELP mesh_member_count What it is.\n"
           "# TYPE mesh_member_count gauge\n"
           "mesh_member_count{state=\"alive\"} 3\n"
           "mesh_member_count{odd____=\"\\\"\\n\\\\\",n=\"-1\"} 0.5\n"
    );
    const auto infinite = std::numeric_limits<double>::infinity();
    CHECK(text_of(one("x", "", metric_kind::gauge, {{{}, true, infinite, 0, {}}})
    ).ends_with("x{otel_metric_overflow=\"true\"} +Inf\n"));
}

TEST_CASE("telemetry: a histogram's buckets add up", "[telemetry]") {
    metric each = one("wait", "s", metric_kind::histogram, {{{}, false, 12.5, 6, {1, 2, 3}}});
    each.bounds = {0.1, 1};
    CHECK(
        text_of(each)
        == "# HELP wait_seconds What it is.\n"
           "# TYPE wait_seconds histogram\n"
           "wait_seconds_bucket{le=\"0.1\"} 1\n"
           "wait_seconds_bucket{le=\"1\"} 3\n"
           "wait_seconds_bucket{le=\"+Inf\"} 6\n"
           "wait_seconds_sum 12.5\n"
           "wait_seconds_count 6\n"
    );
}

TEST_CASE("telemetry: a label is there once, and the source's own is the one", "[telemetry]") {
    prometheus_text all;
    all.add(
        {one(
            "x",
            "",
            metric_kind::gauge,
            {{{{"plugin", std::string("not me")},
               {"a.b", std::int64_t{1}},
               {"a_b", std::int64_t{2}}},
              false,
              1,
              0,
              {}}}
        )},
        {{"plugin", std::string("me")}}
    );
    CHECK(all.text().ends_with("x{plugin=\"me\",a_b=\"1\"} 1\n"));
}

TEST_CASE("telemetry: what several sources call by one name is one family", "[telemetry]") {
    const metric_point point{{}, false, 1, 0, {}};
    prometheus_text all;
    all.add({one("x", "", metric_kind::gauge, {point})}, {{"plugin", std::string("a")}});
    all.add({one("x", "", metric_kind::gauge, {point})}, {{"plugin", std::string("b")}});
    all.add({one("x", "", metric_kind::histogram, {point})});  // not the same kind: left out
    CHECK(
        all.text() == "# HELP x What it is.\n# TYPE x gauge\nx{plugin=\"a\"} 1\nx{plugin=\"b\"} 1\n"
    );
}
