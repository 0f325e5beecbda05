// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "telemetry/anomaly_watch.hpp"
#include "telemetry/flight_recorder.hpp"

using namespace meshhost;
using telemetry::anomaly;
using telemetry::flight_recorder;
using telemetry::span_fate;

namespace {

constexpr time_point start{100s};

telemetry::span span_of(std::string name) {
    telemetry::span out;
    out.trace.fill(1);
    out.id.fill(2);
    out.name = std::move(name);
    out.started = 1'700'000'000s;
    out.length = 3ms;
    return out;
}

std::vector<std::string> names(const std::vector<telemetry::flight_entry>& all) {
    std::vector<std::string> out;
    for (const auto& each : all)
        out.push_back(each.span.name);
    return out;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("flight: a span comes back as it was", "[telemetry]") {
    auto whole = span_of("mesh.peer.dial");
    whole.parent.fill(3);
    whole.kind = telemetry::span_kind::client;
    whole.is_ok = false;
    whole.message = "nobody there";
    whole.attributes = {
        {"a", true},
        {"b", std::int64_t{-5}},
        {"c", std::uint64_t{6}},
        {"d", 2.5},
        {"e", std::string("text")}};
    flight_recorder flight(4);
    flight.record("meshhost", whole, start, true);
    const auto kept = flight.entries(9);
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].scope == "meshhost");
    CHECK(kept[0].fate == span_fate::exported);
    const auto& span = kept[0].span;
    CHECK(span.trace == whole.trace);
    CHECK(span.id == whole.id);
    CHECK(span.parent == whole.parent);
    CHECK(span.kind == whole.kind);
    CHECK(span.started == whole.started);
    CHECK(span.length == whole.length);
    CHECK_FALSE(span.is_ok);
    CHECK(span.message == whole.message);
    CHECK(span.dropped == 0);
    REQUIRE(span.attributes.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(span.attributes[i].key == whole.attributes[i].key);
        CHECK(span.attributes[i].value == whole.attributes[i].value);
    }
}

TEST_CASE("flight: what finds no room is left out and counted, whatever it is", "[telemetry]") {
    auto large = span_of(std::string(300, 'n'));
    large.message = "ab\u00e9" + std::string(1000, 'm');
    large.attributes = {
        {"long", std::string(600, 'x')},
        {std::string(400, 'k'), true},
        {"short", std::string("y")},
        {"fills", std::string(80, 'z')},
        {"too", std::string(80, 'z')}};
    large.events.resize(2);
    large.links.resize(1);
    flight_recorder flight(1);
    flight.record(std::string(300, 's'), large, start, false);
    const auto span = flight.entries(1).at(0).span;
    CHECK(span.name.size() == telemetry::packed_span::name_max);
    CHECK(span.message.size() == telemetry::packed_span::message_max);
    REQUIRE(span.attributes.size() == 1);
    CHECK(span.attributes[0].key == "short");
    CHECK(span.dropped == 4 + 2 + 1);
}

TEST_CASE("flight: the oldest give way", "[telemetry]") {
    flight_recorder flight(3);
    for (int i = 0; i < 5; ++i)
        flight.record("meshhost", span_of(std::to_string(i)), start, false);
    CHECK(names(flight.entries(9)) == texts{"2", "3", "4"});
    CHECK(names(flight.entries(2)) == texts{"3", "4"});
    CHECK(flight.size() == 3);
    CHECK(flight.counts().recorded == 5);
    CHECK(flight.counts().given_way == 2);
}

TEST_CASE("flight: an anomaly tells of the last two seconds, and why", "[telemetry]") {
    flight_recorder flight(8);
    flight.record("meshhost", span_of("early"), start, false);
    flight.record("meshhost", span_of("a"), start + 1s, false);
    flight.record("meshhost", span_of("told"), start + 2s, true);
    flight.record("meshhost", span_of("b"), start + 2s, false);
    const auto told = flight.promote(anomaly::path_flap, start + 2500ms);
    CHECK(names(told) == texts{"a", "b"});
    for (const auto& each : told) {
        REQUIRE(each.span.attributes.size() == 1);
        CHECK(each.span.attributes[0].key == "mesh.flight.anomaly");
        CHECK(std::get<std::string>(each.span.attributes[0].value) == "path.flap");
    }
    const auto kept = flight.entries(8);
    CHECK(kept[0].fate == span_fate::held);
    CHECK(kept[1].fate == span_fate::promoted);
    CHECK(kept[1].span.attributes.empty());
    CHECK(kept[2].fate == span_fate::exported);
}

TEST_CASE("flight: no span is told twice", "[telemetry]") {
    flight_recorder flight(8);
    flight.record("meshhost", span_of("a"), start, false);
    CHECK(flight.promote(anomaly::error, start).size() == 1);
    CHECK(flight.promote(anomaly::error, start).empty());
    flight.record("meshhost", span_of("b"), start + 1s, false);
    CHECK(names(flight.promote(anomaly::error, start + 1s)) == texts{"b"});
    CHECK(flight.counts().anomalies == 3);
    CHECK(flight.counts().promotions == 2);
    CHECK(flight.counts().promoted == 2);
}

TEST_CASE("flight: anomalies that come too often are counted and no more", "[telemetry]") {
    flight_recorder flight(64);
    const auto fail = [&](time_point at) {
        flight.record("meshhost", span_of("x"), at, false);
        return flight.promote(anomaly::error, at).size();
    };
    for (int i = 0; i < static_cast<int>(flight_recorder::burst); ++i)
        CHECK(fail(start) == 1);
    CHECK(flight.promote(anomaly::error, start).empty());  // nothing to tell costs nothing
    CHECK(flight.counts().suppressed == 0);
    CHECK(fail(start) == 0);
    CHECK(fail(start + 1s) == 0);
    CHECK(flight.counts().suppressed == 2);
    // Once it may again, what came shortly before is told, too.
    flight.record("meshhost", span_of("y"), start + 10s, false);
    CHECK(fail(start + 11s) == 2);
}

TEST_CASE("flight: a path that gets worse, and one that moves again and again", "[telemetry]") {
    telemetry::path_watch watch;
    CHECK_FALSE(watch.on_moved("p", "", "direct 192.0.2.1:1", start));
    CHECK_FALSE(watch.on_moved("p", "direct 192.0.2.1:1", "", start));
    CHECK_FALSE(watch.on_moved("p", "punching (1 of 3)", "direct_lost", start));
    CHECK_FALSE(watch.on_moved("p", "relayed", "direct 192.0.2.1:1", start));
    CHECK(watch.on_moved("p", "direct 192.0.2.1:1", "relayed", start) == anomaly::path_failover);
    CHECK_FALSE(watch.on_moved("p", "relayed", "direct 192.0.2.1:1", start + 1s));
    CHECK(
        watch.on_moved("p", "direct 192.0.2.1:1", "direct 192.0.2.1:2", start + 2s)
        == anomaly::path_flap
    );
    // Slowly, it is none; nor is it another peer's.
    for (int i = 0; i < 9; ++i)
        CHECK_FALSE(watch.on_moved("q", "direct 192.0.2.1:1", "direct 192.0.2.1:2", start + i * 4s)
        );
    for (int i = 0; i < 1000; ++i)
        CHECK_FALSE(watch.on_moved(
            std::to_string(i),
            "direct 192.0.2.1:1",
            "direct 192.0.2.1:2",
            start + 60s
        ));
}

TEST_CASE("flight: a delivery is late by what is usual", "[telemetry]") {
    telemetry::delivery_watch watch;
    CHECK_FALSE(watch.on_delivery(60s));  // nothing to compare it with
    for (int i = 0; i < 200; ++i)
        CHECK_FALSE(watch.on_delivery(1ms));
    CHECK_FALSE(watch.on_delivery(200ms));
    CHECK(watch.on_delivery(300ms));
    for (int i = 0; i < 100; ++i)
        watch.on_delivery(900ms);
    CHECK(watch.p99() == 1.0);
    CHECK_FALSE(watch.on_delivery(2s));
    CHECK(watch.on_delivery(4s));
}
