// SPDX-License-Identifier: Apache-2.0
// Our bytes, read by Google's own decoder (protoc --decode): every field must have a name there.
#include "otlp/encode.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

using namespace meshhost;

namespace {

std::string decoded(
    const std::string& bytes,
    const char* message = "ExportTraceServiceRequest",
    const char* schema = "trace.proto"
) {
    const test::temp_dir directory;
    const auto file = directory / "request";
    std::ofstream(file, std::ios::binary) << bytes;
    const auto command = fmt::format(
        "protoc --decode=otlp.{} --proto_path={} {} < {} 2>&1",
        message,
        OTLP_SCHEMA_DIR,
        schema,
        file.string()
    );
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    for (int c = 0; (c = std::fgetc(pipe)) != EOF;)
        text += static_cast<char>(c);
    INFO(text);
    REQUIRE(::pclose(pipe) == 0);
    return text;
}

/// Fields without a name are shown by their number.
bool has_unknown_fields(const std::string& text) {
    bool at_start = true;
    for (const char c : text) {
        if (at_start && c >= '0' && c <= '9') return true;
        if (c == '\n')
            at_start = true;
        else if (c != ' ')
            at_start = false;
    }
    return false;
}

}  // namespace

TEST_CASE("otlp: Google's decoder reads what was written, and knows every field", "[otlp]") {
    telemetry::span root;
    root.trace.fill('T');
    root.id.fill('S');
    root.name = "mesh.node.ready";
    root.started = std::chrono::seconds(1'700'000'000);
    root.length = std::chrono::milliseconds(25);
    root.attributes = {
        {"text", std::string("x\xc3\xa9")},
        {"yes", true},
        {"minus", std::int64_t{-7}},
        {"many", std::uint64_t{1} << 40},
        {"half", 0.5}};
    root.dropped = 3;
    telemetry::span child = root;
    child.id.fill('C');
    child.parent.fill('S');
    child.kind = telemetry::span_kind::consumer;
    child.is_ok = false;
    child.message = "it failed";
    child.attributes.clear();
    child.dropped = 0;
    child.links.resize(1);
    child.links.front().trace.fill('L');
    child.links.front().span.fill('l');
    child.events = {{"happened", std::chrono::seconds(1'700'000'001), {{"n", std::int64_t{1}}}}};

    const auto text = decoded(otlp::encode_traces(
        {{"service.name", std::string("meshhost")}},
        "0.1.0",
        std::vector<otlp::scoped_span>{{"meshhost", root}, {"compute-0", child}}
    ));
    CHECK_FALSE(has_unknown_fields(text));
    for (const char* wanted :
         {"key: \"service.name\"",
          "string_value: \"meshhost\"",
          "name: \"compute-0\"",
          "version: \"0.1.0\"",
          "trace_id: \"TTTTTTTTTTTTTTTT\"",
          "span_id: \"SSSSSSSS\"",
          "parent_span_id: \"SSSSSSSS\"",
          "trace_id: \"LLLLLLLLLLLLLLLL\"",
          "span_id: \"llllllll\"",
          "name: \"mesh.node.ready\"",
          "kind: SPAN_KIND_INTERNAL",
          "kind: SPAN_KIND_CONSUMER",
          "start_time_unix_nano: 1700000000000000000",
          "end_time_unix_nano: 1700000000025000000",
          "bool_value: true",
          "int_value: -7",
          "int_value: 1099511627776",
          "double_value: 0.5",
          "dropped_attributes_count: 3",
          "time_unix_nano: 1700000001000000000",
          "name: \"happened\"",
          "code: STATUS_CODE_OK",
          "code: STATUS_CODE_ERROR",
          "message: \"it failed\""}) {
        CAPTURE(text, wanted);
        CHECK(text.find(wanted) != std::string::npos);
    }
    CHECK(text.find("string_value: \"x\\303\\251\"") != std::string::npos);
}

TEST_CASE("otlp: Google's decoder reads metrics, too", "[otlp]") {
    using telemetry::metric_kind;
    telemetry::exemplar seen;
    seen.value = 3;
    seen.trace.fill('T');
    seen.span.fill('S');
    seen.at = std::chrono::seconds(1'700'000'002);
    telemetry::metrics_snapshot said;
    said.started = std::chrono::seconds(1'700'000'000);
    said.taken = std::chrono::seconds(1'700'000'060);
    said.metrics = {
        {"mesh.net.io",
         "By",
         "Bytes.",
         metric_kind::counter,
         {},
         {{{{"way", std::string("in")}}, false, 7, 0, {}}}},
        {"mesh.members", "", "", metric_kind::updown, {}, {{{}, true, -2, 0, {}}}},
        {"mesh.load", "1", "", metric_kind::gauge, {}, {{{}, false, 0.25, 0, {}}}},
        {"mesh.hops",
         "{hop}",
         "",
         metric_kind::histogram,
         {1, 2.5},
         {{{}, false, 9.5, 4, {1, 0, 3}, {seen}}}},
        {"mesh.nothing", "", "", metric_kind::gauge, {}, {}}};
    const auto text = decoded(
        otlp::encode_metrics(
            {{"service.name", std::string("meshhost")}},
            "0.1.0",
            std::vector<otlp::scoped_metrics>{{"compute-0", said}}
        ),
        "ExportMetricsServiceRequest",
        "metrics.proto"
    );
    CHECK_FALSE(has_unknown_fields(text));
    CHECK(text.find("mesh.nothing") == std::string::npos);
    for (const char* wanted :
         {"name: \"compute-0\"",
          "name: \"mesh.net.io\"",
          "description: \"Bytes.\"",
          "unit: \"By\"",
          "is_monotonic: true",
          "aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE",
          "start_time_unix_nano: 1700000000000000000",
          "time_unix_nano: 1700000060000000000",
          "as_double: 7",
          "as_double: -2",
          "key: \"otel.metric.overflow\"",
          "as_double: 0.25",
          "count: 4",
          "sum: 9.5",
          "bucket_counts: 3",
          "explicit_bounds: 2.5",
          "time_unix_nano: 1700000002000000000",
          "trace_id: \"TTTTTTTTTTTTTTTT\"",
          "span_id: \"SSSSSSSS\""}) {
        CAPTURE(text, wanted);
        CHECK(text.find(wanted) != std::string::npos);
    }
}

TEST_CASE("otlp: an empty batch is an empty message for it, too", "[otlp]") {
    CHECK_FALSE(has_unknown_fields(decoded(otlp::encode_traces({}, "", {}))));
}
