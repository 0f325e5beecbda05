// SPDX-License-Identifier: Apache-2.0
#include "app/control_spans.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using app::control_spans;

namespace {

constexpr duration wall = 1'700'000'000s;

std::string text_in(const telemetry::span& span, const std::string& key) {
    for (const auto& each : span.attributes)
        if (each.key == key) return std::get<std::string>(each.value);
    return "";
}

peers::dial_result dial_that_took(duration took) {
    peers::dial_result dial;
    dial.took = took;
    return dial;
}

}  // namespace

TEST_CASE("control spans: a dial that came up", "[app]") {
    control_spans controls(1);
    auto dial = dial_that_took(3ms);
    dial.path.kind = transport::path_kind::direct;
    dial.path.reason = "same_host";
    const auto span = controls.of_dial(dial, wall);
    CHECK(span.name == "mesh.peer.dial");
    CHECK(span.started == wall - 3ms);
    CHECK(span.length == 3ms);
    CHECK(span.is_ok);
    CHECK(text_in(span, "mesh.path.kind") == "direct");
    CHECK(text_in(span, "mesh.peer.id") == dial.peer.to_hex());
    CHECK(span.id != controls.of_dial(dial, wall).id);
}

TEST_CASE("control spans: a dial fails, unless this host gave it up", "[app]") {
    control_spans controls(1);
    auto dial = dial_that_took(3ms);
    for (const auto cause :
         {transport::close_cause::identity_mismatch, transport::close_cause::handshake_timeout}) {
        const transport::close_reason why{cause, 0, "their words"};
        dial.why = &why;
        const auto span = controls.of_dial(dial, wall);
        CHECK_FALSE(span.is_ok);
        CHECK(text_in(span, "error.type") == to_string(cause));
    }
    const transport::close_reason ours{transport::close_cause::closed_locally, 0, ""};
    dial.why = &ours;
    CHECK(controls.of_dial(dial, wall).is_ok);
}

TEST_CASE("control spans: an event is one of no length, failed when it is a failure", "[app]") {
    control_spans controls(1);
    telemetry::event event;
    event.type = telemetry::event_type::peer_state;
    event.at = 1'700'000'000'123ms;
    event.peer = std::string(64, 'a');
    event.name = "gateway-01";
    event.from = "joining";
    event.to = "alive";
    event.reason = "it said so";
    const auto well = controls.of_event(event);
    CHECK(well.name == "mesh.peer.state");
    CHECK(well.started == event.at);
    CHECK(well.length == duration::zero());
    CHECK(well.is_ok);
    CHECK(text_in(well, "mesh.peer.name") == "gateway-01");
    CHECK(text_in(well, "mesh.to") == "alive");
    CHECK(text_in(well, "mesh.reason") == "it said so");
    event.to = "dead";
    CHECK_FALSE(controls.of_event(event).is_ok);
    CHECK(controls.of_event(event).message == "it said so");
    event.type = telemetry::event_type::plugin_state;
    CHECK(controls.of_event(event).is_ok);
    event.to = "failed";
    CHECK_FALSE(controls.of_event(event).is_ok);
    CHECK(text_in(controls.of_event(event), "mesh.plugin.name") == "gateway-01");
    event.type = telemetry::event_type::gossip_lagged;
    event.reason = "";
    CHECK(controls.of_event(event).message == "gossip.lagged");
}
