// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "telemetry/histogram.hpp"
#include "telemetry/prometheus.hpp"

using namespace meshhost;
using namespace meshhost::telemetry;

namespace {

exemplar seen(double value, std::uint8_t id) {
    exemplar out;
    out.value = value;
    out.trace.fill(id);
    out.span.fill(id);
    out.at = std::chrono::milliseconds(1'700'000'000'250);
    return out;
}

}  // namespace

TEST_CASE("histogram: upper ends are inclusive, and the last range has none", "[telemetry]") {
    histogram hops({1, 2, 4});
    for (const double value : {1.0, 1.5, 2.0, 4.0, 5.0, 100.0})
        hops.record(value);
    CHECK(hops.point().buckets == std::vector<std::uint64_t>{1, 2, 1, 2});
    CHECK(hops.point().count == 6);
    CHECK(hops.point().value == 113.5);
    CHECK(hops.point().exemplars.empty());
}

TEST_CASE("histogram: the last trace of each range is kept", "[telemetry]") {
    histogram hops({1, 2});
    for (std::uint8_t i = 1; i <= 200; ++i)
        hops.record(i % 2 + 1, seen(i % 2 + 1, i));
    CHECK(hops.point().count == 200);
    REQUIRE(hops.point().exemplars.size() == 2);
    for (const auto& each : hops.point().exemplars)
        CHECK(each.trace.front() == (each.value == 2 ? 199 : 200));
}

TEST_CASE("telemetry: OpenMetrics has a trace beside a bucket", "[telemetry]") {
    histogram hops({1, 2.5});
    hops.record(2, seen(2, 0xab));
    hops.record(7);
    metric each{
        "mesh.hops",
        "{hop}",
        "How far.",
        metric_kind::histogram,
        hops.bounds(),
        {hops.point()}};
    metric sent{"sent", "By", "Bytes.", metric_kind::counter, {}, {{{}, false, 3, 0, {}}}};
    prometheus_text all(text_format::openmetrics);
    all.add({each, sent});
    CHECK(
        all.text()
        == "# HELP mesh_hops How far.\n"
           "# TYPE mesh_hops histogram\n"
           "mesh_hops_bucket{le=\"1.0\"} 0\n"
           "mesh_hops_bucket{le=\"2.5\"} 1 # {trace_id=\"abababababababababababababababab\","
           "span_id=\"abababababababab\"} 2 1700000000.250\n"
           "mesh_hops_bucket{le=\"+Inf\"} 2\n"
           "mesh_hops_sum 9\n"
           "mesh_hops_count 2\n"
           "# HELP sent_bytes Bytes.\n"
           "# TYPE sent_bytes counter\n"
           "sent_bytes_total 3\n"
           "# EOF\n"
    );
    prometheus_text plain;
    plain.add({each});
    CHECK(plain.text().find('#', plain.text().find("_bucket")) == std::string::npos);
}
