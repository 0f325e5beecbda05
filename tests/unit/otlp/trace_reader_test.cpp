// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"
#include "otlp/encode.hpp"
#include "otlp/trace_answer.hpp"
#include "otlp/trace_reader.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <cmath>

using namespace meshhost;
using otlp::encoding;
using otlp::read_limits;
using otlp::read_traces;

namespace json = boost::json;

namespace {

telemetry::span one_span(std::uint8_t number = 1) {
    telemetry::span span;
    span.trace.fill(7);
    span.id.fill(number);
    span.name = "mesh.node.ready";
    span.started = std::chrono::seconds(1'700'000'000);
    span.length = std::chrono::milliseconds(25);
    return span;
}

std::string encoded(const std::vector<telemetry::span>& spans, const otlp::resource& by = {}) {
    std::vector<otlp::scoped_span> all;
    for (const auto& each : spans)
        all.push_back({"meshhost", each});
    return otlp::encode_traces(by, "0.1.0", all);
}

otlp::told_request read(std::string_view request, encoding in = encoding::protobuf) {
    const auto told = read_traces(request, in);
    REQUIRE(told.has_value());
    return *told;
}

/// The only span that the JSON of one holds.
std::string in_json(const std::string& span) {
    return R"({"resourceSpans":[{"scopeSpans":[{"spans":[)" + span + "]}]}]}";
}

const std::string ids =
    R"("traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","name":"x",)";

std::string refusal(std::string_view request, encoding in) {
    const auto told = read_traces(request, in);
    REQUIRE(told.has_error());
    CHECK(told.error().code == "E_BAD_REQUEST");
    return told.error().message;
}

}  // namespace

TEST_CASE("otlp: what our exporter writes is read again", "[otlp]") {
    auto span = one_span();
    span.parent.fill(3);
    span.kind = telemetry::span_kind::consumer;
    span.is_ok = false;
    span.message = "it failed";
    span.attributes = {
        {"text", std::string("x\xc3\xa9")},
        {"yes", true},
        {"minus", std::int64_t{-7}},
        {"half", 0.5}};
    span.events = {{"happened", std::chrono::seconds(1'700'000'001), {{"n", std::int64_t{1}}}}};
    span.links.resize(1);
    span.links.front().trace.fill(4);
    span.links.front().span.fill(5);
    span.dropped = 3;
    const auto told = read(encoded({span}, {{"service.name", std::string("meshhost")}}));
    REQUIRE(told.groups.size() == 1);
    CHECK(told.refused == 0);
    CHECK(told.groups[0].by.at(0).key == "service.name");
    REQUIRE(told.groups[0].spans.size() == 1);
    const auto& got = told.groups[0].spans[0];
    CHECK(got.trace == span.trace);
    CHECK(got.id == span.id);
    CHECK(got.parent == span.parent);
    CHECK(got.name == span.name);
    CHECK(got.kind == span.kind);
    CHECK(got.started == span.started);
    CHECK(got.length == span.length);
    CHECK_FALSE(got.is_ok);
    CHECK(got.message == "it failed");
    CHECK(got.dropped == 3);
    REQUIRE(got.attributes.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(got.attributes[i].key == span.attributes[i].key);
        CHECK(got.attributes[i].value == span.attributes[i].value);
    }
    REQUIRE(got.events.size() == 1);
    CHECK(got.events[0].at == span.events[0].at);
    CHECK(got.events[0].attributes.at(0).key == "n");
    REQUIRE(got.links.size() == 1);
    CHECK(got.links[0].trace == span.links[0].trace);
}

TEST_CASE("otlp: the JSON of the specification is read", "[otlp]") {
    const auto told = read(
        R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":
        {"stringValue":"my.service"}}]},"scopeSpans":[{"scope":{"name":"my.library"},"spans":[{
        "traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174",
        "parentSpanId":"EEE19B7EC3C1B173","name":"I'm a server span","flags":256,
        "startTimeUnixNano":"1544712660000000000","endTimeUnixNano":1544712661000000000,"kind":2,
        "attributes":[{"key":"a","value":{"stringValue":"s"}},{"key":"b","value":{"intValue":"-5"}},
        {"key":"c","value":{"intValue":6}},{"key":"d","value":{"boolValue":true}},
        {"key":"e","value":{"doubleValue":0.5}},{"key":"f","value":{"doubleValue":"NaN"}},
        {"key":"g","value":{"arrayValue":{"values":[]}}},{"key":"h"}],
        "events":[{"timeUnixNano":"1544712660500000000","name":"e"}],
        "links":[{"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b175"}],
        "status":{"code":2,"message":"m"},"droppedAttributesCount":1,"traceState":null}]}]}]})",
        encoding::json
    );
    REQUIRE(told.groups.size() == 1);
    REQUIRE(told.groups[0].spans.size() == 1);
    CHECK(told.groups[0].by.at(0).value == telemetry::attribute_value(std::string("my.service")));
    const auto& span = told.groups[0].spans[0];
    CHECK(to_hex(span.trace) == "5b8efff798038103d269b633813fc60c");
    CHECK(to_hex(span.parent) == "eee19b7ec3c1b173");
    CHECK(span.kind == telemetry::span_kind::server);
    CHECK(span.length == 1s);
    CHECK_FALSE(span.is_ok);
    CHECK(span.message == "m");
    REQUIRE(span.attributes.size() == 6);
    CHECK(span.attributes[1].value == telemetry::attribute_value(std::int64_t{-5}));
    CHECK(span.attributes[2].value == telemetry::attribute_value(std::int64_t{6}));
    CHECK(span.attributes[3].value == telemetry::attribute_value(true));
    CHECK(std::isnan(std::get<double>(span.attributes[5].value)));
    CHECK(span.dropped == 3);
    CHECK(span.events.at(0).name == "e");
    CHECK(to_hex(span.links.at(0).span) == "eee19b7ec3c1b175");
}

TEST_CASE("otlp: a span that is none costs itself, and it is said why", "[otlp]") {
    std::vector<telemetry::span> spans{one_span(1), one_span(2), one_span(3), one_span(4)};
    spans[0].trace = {};
    spans[1].id = {};
    spans[2].name.clear();
    const auto told = read(encoded(spans));
    CHECK(told.refused == 3);
    CHECK(told.why == "a span has no trace id of 16 bytes");
    CHECK(told.groups.at(0).spans.size() == 1);
    for (const char* odd :
         {R"({"traceId":"00","spanId":"EEE19B7EC3C1B174","name":"x","startTimeUnixNano":1})",
          R"({"traceId":"zz8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","name":"x",
              "startTimeUnixNano":1})"}) {
        CHECK(read(in_json(odd), encoding::json).refused == 1);
    }
    CHECK(read(in_json("{" + ids + R"("startTimeUnixNano":0})"), encoding::json).refused == 1);
    CHECK(
        read(in_json("{" + ids + R"("startTimeUnixNano":18446744073709551615})"), encoding::json)
            .refused
        == 1
    );
    CHECK(
        read(in_json("{" + ids + R"("startTimeUnixNano":1,"parentSpanId":"ab"})"), encoding::json)
            .refused
        == 1
    );
    // It ended before it began, by clocks that were set: it is of no length.
    const auto back = read(
        in_json("{" + ids + R"("startTimeUnixNano":5,"endTimeUnixNano":"4"})"),
        encoding::json
    );
    CHECK(back.groups.at(0).spans.at(0).length == 0s);
}

TEST_CASE("otlp: so much of a request is kept, and no more", "[otlp]") {
    auto span = one_span();
    span.name = std::string(read_limits::name_bytes_max - 1, 'n') + "\xc3\xa9";
    span.message = std::string(2000, 'm');
    for (int i = 0; i < 100; ++i) {
        span.attributes.push_back({std::string(1000, 'k'), std::string(5000, 'v')});
        span.events.push_back({"e", std::chrono::seconds(1), {}});
        span.links.push_back({one_span().trace, one_span().id});
    }
    const auto cut = read(encoded({span})).groups.at(0).spans.at(0);
    CHECK(cut.name == std::string(read_limits::name_bytes_max - 1, 'n'));
    CHECK(cut.message.size() == read_limits::message_bytes_max);
    CHECK(cut.attributes.size() == read_limits::attributes_max);
    CHECK(cut.attributes[0].key.size() == read_limits::name_bytes_max);
    CHECK(std::get<std::string>(cut.attributes[0].value).size() == read_limits::text_bytes_max);
    CHECK(cut.events.size() == read_limits::events_max);
    CHECK(cut.links.size() == read_limits::links_max);
    CHECK(cut.dropped == 100 - read_limits::attributes_max + 100 - read_limits::events_max);

    const auto many = read(encoded(std::vector<telemetry::span>(10'000, one_span())));
    CHECK(many.groups.at(0).spans.size() == read_limits::spans_max);
    CHECK(many.refused == 10'000 - read_limits::spans_max);
    std::string crowd;
    for (std::size_t i = 0; i < read_limits::resources_max + 10; ++i)
        crowd += encoded({one_span()});
    const auto of_many = read(crowd);
    CHECK(of_many.groups.size() == read_limits::resources_max);
    CHECK(of_many.refused == 10);
}

TEST_CASE("otlp: whose spans are may stand behind them", "[otlp]") {
    const auto spans = encoded({one_span()});
    const auto by = encoded({}, {{"k", true}});
    // Two ResourceSpans of one tag each, and of a length below 128: as one.
    REQUIRE(by.size() < 100);
    const auto inner = spans.substr(2) + by.substr(2);
    REQUIRE(inner.size() < 128);
    const auto told = read(std::string("\x0a") + static_cast<char>(inner.size()) + inner);
    REQUIRE(told.groups.size() == 1);
    CHECK(told.groups[0].by.at(0).key == "k");
    CHECK(told.groups[0].spans.size() == 1);
}

TEST_CASE("otlp: what is no request is refused whole", "[otlp]") {
    CHECK(read("").groups.empty());
    for (const std::string& odd :
         {std::string("\xff"),
          std::string("\x0a\x05"),
          std::string("\x0a\xff\xff\xff\xff\xff"),
          encoded({one_span()}).substr(0, 40)})
        CHECK(refusal(odd, encoding::protobuf).starts_with("this is no ExportTraceServiceRequest"));
    auto span = one_span();
    span.name = "\xff\xfe";
    CHECK(refusal(encoded({span}), encoding::protobuf).ends_with("a text is not UTF-8"));
    // Known fields of another wire type are none that are known.
    CHECK(read(std::string("\x08\x01\x10\x01", 4)).groups.empty());
    for (const char* odd :
         {"",
          "{",
          "[]",
          "null",
          R"({"resourceSpans":{}})",
          R"({"resourceSpans":[1]})",
          R"({"resourceSpans":[{"resource":7}]})"})
        CHECK_FALSE(refusal(odd, encoding::json).empty());
    for (const char* odd :
         {R"("name":7})",
          R"("kind":"SPAN_KIND_SERVER"})",
          R"("startTimeUnixNano":"1x"})",
          R"("startTimeUnixNano":-1})",
          R"("startTimeUnixNano":1.5})",
          R"("events":{}})",
          R"("attributes":[{"key":"k","value":{"boolValue":1}}]})",
          R"("attributes":[{"key":"k","value":{"doubleValue":"x"}}]})"}) {
        CAPTURE(odd);
        CHECK_FALSE(refusal(in_json("{" + ids + odd), encoding::json).empty());
    }
    CHECK_FALSE(refusal(std::string(100'000, '['), encoding::json).empty());
}

TEST_CASE("otlp: a receiver's answers are read by those who export", "[otlp]") {
    CHECK(otlp::encode_answer(encoding::protobuf, 0, "").empty());
    CHECK(otlp::encode_answer(encoding::json, 0, "") == "{}");
    CHECK(otlp::rejected_spans(otlp::encode_answer(encoding::protobuf, 300, "why")) == 300);
    const auto partial = json::parse(otlp::encode_answer(encoding::json, 300, "why"));
    CHECK(partial.at("partialSuccess").at("rejectedSpans") == "300");
    CHECK(partial.at("partialSuccess").at("errorMessage") == "why");
    CHECK(otlp::encode_status(encoding::protobuf, 3, "no") == "\x08\x03\x12\x02no");
    CHECK(json::parse(otlp::encode_status(encoding::json, 3, "no")).at("code") == 3);
}
