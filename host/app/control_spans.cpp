// SPDX-License-Identifier: Apache-2.0
#include "app/control_spans.hpp"

#include "app/snapshots.hpp"
#include "telemetry/draw_id.hpp"

#include <utility>

namespace meshhost::app {

namespace {

/// Empty: it is none.
std::string failure_of(const telemetry::event& event) {
    using telemetry::event_type;
    const bool is_bad = event.type == event_type::gossip_lagged
                        || event.type == event_type::audit_discrepancy
                        || (event.type == event_type::peer_state && event.to == "dead")
                        || (event.type == event_type::plugin_state
                            && (event.to == "failed" || event.to == "unhealthy"));
    if (!is_bad) return "";
    return event.reason.empty() ? to_string(event.type) : event.reason;
}

}  // namespace

telemetry::span control_spans::begun(std::string name, duration at) {
    telemetry::span made;
    made.trace = telemetry::draw_id<telemetry::trace_id>(ids_);
    made.id = telemetry::draw_id<telemetry::span_id>(ids_);
    made.name = std::move(name);
    made.started = at;
    return made;
}

telemetry::span control_spans::of_dial(const peers::dial_result& dial, duration wall) {
    using transport::close_cause;
    auto span = begun("mesh.peer.dial", wall - dial.took);
    span.kind = telemetry::span_kind::client;
    span.length = dial.took;
    span.attributes.push_back({"mesh.peer.id", dial.peer.to_hex()});
    if (dial.why == nullptr) {
        const auto path = snapshot_of(dial.path);
        span.attributes.push_back({"mesh.path.kind", path.kind});
        span.attributes.push_back({"mesh.path.reason", path.reason});
        return span;
    }
    span.attributes.push_back({"error.type", std::string(to_string(dial.why->cause))});
    span.is_ok = dial.why->cause == close_cause::closed_locally
                 || dial.why->cause == close_cause::endpoint_closed;
    if (!span.is_ok) span.message = to_string(dial.why->cause);
    return span;
}

telemetry::span control_spans::of_slow_call(
    const plugin::instance_status& of,
    const std::string& what,
    duration wall
) {
    auto span = begun("mesh.plugin.slow_call", wall);
    span.attributes = {
        {"mesh.plugin.name", of.instance},
        {"mesh.role", of.role},
        {"mesh.plugin.call", what}};
    return span;
}

telemetry::span control_spans::of_event(const telemetry::event& happened) {
    auto span = begun(std::string("mesh.") + to_string(happened.type), happened.at);
    const auto note = [&span](const char* key, const std::string& value) {
        if (!value.empty()) span.attributes.push_back({key, value});
    };
    const bool is_plugin = happened.type == telemetry::event_type::plugin_state;
    note("mesh.peer.id", happened.peer);
    note(is_plugin ? "mesh.plugin.name" : "mesh.peer.name", happened.name);
    note("mesh.from", happened.from);
    note("mesh.to", happened.to);
    span.message = failure_of(happened);
    span.is_ok = span.message.empty();
    if (span.is_ok) note("mesh.reason", happened.reason);
    return span;
}

telemetry::span control_spans::of_late_delivery(
    const std::string& peer,
    duration waited,
    duration wall
) {
    auto span = begun("mesh.gossip.late", wall - waited);
    span.kind = telemetry::span_kind::consumer;
    span.length = waited;
    span.attributes = {{"mesh.peer.id", peer}};
    return span;
}

}  // namespace meshhost::app
