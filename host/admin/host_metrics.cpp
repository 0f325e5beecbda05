// SPDX-License-Identifier: Apache-2.0
#include "admin/host_metrics.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace meshhost::admin {

namespace {

using telemetry::attribute;
using telemetry::metric;
using telemetry::metric_kind;
using telemetry::metric_point;

using labels = std::vector<attribute>;

constexpr double thousand = 1000;

attribute label(const char* key, std::string value) {
    return {key, std::move(value)};
}

metric_point point_of(double value, labels with = {}) {
    metric_point point;
    point.attributes = std::move(with);
    point.value = value;
    return point;
}

class table {
public:
    table& of(const char* name, const char* unit, metric_kind kind, const char* words) {
        all_.push_back({name, unit, words, kind, {}, {}});
        return *this;
    }
    table& is(double value, labels with = {}) {
        all_.back().points.push_back(point_of(value, std::move(with)));
        return *this;
    }
    std::vector<metric> take() { return std::move(all_); }

private:
    std::vector<metric> all_;
};

double seconds(const timeval& time) {
    constexpr double million = 1e6;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / million;
}

template <class Number>
double number(Number value) {
    return static_cast<double>(value);
}

void add_members(table& to, const node_snapshot& self, const std::vector<peer_snapshot>& peers) {
    std::map<std::pair<std::string, std::string>, unsigned> members;
    std::map<std::string, unsigned> paths;
    const auto tier_of = [](const std::string& tier) { return tier.empty() ? "unknown" : tier; };
    ++members[{self.state, tier_of(self.tier)}];
    for (const auto& peer : peers) {
        ++members[{peer.state, tier_of(peer.tier)}];
        if (peer.path) ++paths[peer.path->kind];
    }
    to.of(
        "mesh.member.count",
        "{node}",
        metric_kind::updown,
        "Nodes that are known, this one too."
    );
    for (const auto& [of, count] : members)
        to.is(count, {label("state", of.first), label("tier", of.second)});
    to.of("mesh.peer.path.count", "{path}", metric_kind::updown, "Peers with a path, by its kind.");
    for (const char* kind : {"direct", "relayed", "unknown"})
        to.is(paths[kind], {label("kind", kind)});
}

void add_net(table& to, const meters_snapshot& meters) {
    const auto& net = meters.net;
    const auto way = [](const char* which) { return label("network.io.direction", which); };
    to.of("mesh.net.io", "By", metric_kind::counter, "Bytes in UDP datagrams.")
        .is(number(net.bytes_sent), {way("transmit")})
        .is(number(net.bytes_received), {way("receive")});
    to.of("mesh.net.datagrams", "{datagram}", metric_kind::counter, "UDP datagrams.")
        .is(number(net.datagrams_sent), {way("transmit")})
        .is(number(net.datagrams_received), {way("receive")});
    to.of("mesh.quic.connections", "{connection}", metric_kind::updown, "QUIC connections.")
        .is(number(net.connections));
}

void add_gossip(table& to, const meters_snapshot& meters) {
    const auto& gossip = meters.gossip;
    const auto way = [](const char* which) { return label("network.io.direction", which); };
    to.of("mesh.gossip.view.size", "{peer}", metric_kind::updown, "Members in the views.")
        .is(number(gossip.active), {label("view", "active")})
        .is(number(gossip.passive), {label("view", "passive")});
    to.of("mesh.gossip.tree.links", "{link}", metric_kind::updown, "Neighbours, by their branch.")
        .is(number(gossip.eager), {label("link", "eager")})
        .is(number(gossip.lazy), {label("link", "lazy")});
    to.of("mesh.gossip.messages", "{message}", metric_kind::counter, "Messages, first copies.")
        .is(number(gossip.delivered));
    to.of("mesh.gossip.duplicates", "{message}", metric_kind::counter, "Further copies of them.")
        .is(number(gossip.duplicates));
    to.of("mesh.gossip.frames", "{frame}", metric_kind::counter, "Frames of all kinds.")
        .is(number(gossip.frames_sent), {way("transmit")})
        .is(number(gossip.frames_received), {way("receive")});
    to.of("mesh.gossip.io", "By", metric_kind::counter, "Bytes of those frames.")
        .is(number(gossip.bytes_sent), {way("transmit")})
        .is(number(gossip.bytes_received), {way("receive")});
}

void add_plugins(table& to, const std::vector<plugin_snapshot>& plugins) {
    const auto each =
        [&](const char* name, const char* unit, metric_kind kind, const char* words, auto value) {
            to.of(name, unit, kind, words);
            for (const auto& plugin : plugins)
                to.is(value(plugin), {label("plugin", plugin.instance)});
        };
    each(
        "mesh.plugin.up",
        "",
        metric_kind::gauge,
        "1: the role runs and is well.",
        [](const auto& p) {
            return p.state == "running" && p.health == "ok" && !p.is_stalled ? 1.0 : 0.0;
        }
    );
    each(
        "mesh.plugin.restarts",
        "{restart}",
        metric_kind::counter,
        "Starts of the role after its first.",
        [](const auto& p) { return number(p.restarts); }
    );
    each(
        "mesh.plugin.slow_calls",
        "{call}",
        metric_kind::counter,
        "Callbacks that took too long.",
        [](const auto& p) { return number(p.slow_calls); }
    );
    each(
        "mesh.plugin.refused_calls",
        "{call}",
        metric_kind::counter,
        "Calls refused because a budget was used up.",
        [](const auto& p) { return number(p.refused_calls); }
    );
}

void add_budget(table& to, const meters_snapshot& meters) {
    const auto& budget = meters.budget;
    const auto& usage = meters.usage;
    if (budget.cpu_millicores > 0) {
        const double limit = budget.cpu_millicores / thousand;
        to.of("mesh.budget.cpu.limit", "{cpu}", metric_kind::updown, "Cores it may use.").is(limit);
        if (usage.cpu_millicores)
            to.of("mesh.budget.cpu.utilization",
                  "1",
                  metric_kind::gauge,
                  "Of that; above 1 when it is exceeded.")
                .is(*usage.cpu_millicores / thousand / limit);
    }
    if (budget.memory_bytes > 0) {
        const double limit = number(budget.memory_bytes);
        to.of("mesh.budget.memory.limit", "By", metric_kind::updown, "Memory it may use.")
            .is(limit);
        to.of("mesh.budget.memory.utilization",
              "1",
              metric_kind::gauge,
              "Of that; above 1 when it is exceeded.")
            .is(number(usage.resident_bytes) / limit);
    }
}

void add_process(table& to, const meters_snapshot& meters) {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    to.of("process.cpu.time", "s", metric_kind::counter, "CPU time of the process.")
        .is(seconds(used.ru_utime), {label("cpu.mode", "user")})
        .is(seconds(used.ru_stime), {label("cpu.mode", "system")});
    to.of("process.context_switches",
          "{context_switch}",
          metric_kind::counter,
          "Context switches of the process.")
        .is(number(used.ru_nvcsw), {label("process.context_switch_type", "voluntary")})
        .is(number(used.ru_nivcsw), {label("process.context_switch_type", "involuntary")});
    to.of("process.memory.usage", "By", metric_kind::updown, "Resident memory.")
        .is(number(meters.usage.resident_bytes));
    to.of("process.thread.count", "{thread}", metric_kind::updown, "Threads of the process.")
        .is(number(meters.usage.threads));
    to.of("process.unix.file_descriptor.count",
          "{file_descriptor}",
          metric_kind::updown,
          "Open file descriptors.")
        .is(number(meters.usage.descriptors));
    to.of("process.uptime", "s", metric_kind::gauge, "Since the start of the process.")
        .is(std::chrono::duration<double>(meters.uptime).count());
}

/// One start a process: a gauge says all there is.
void add_boot(table& to, const boost::json::array& boots) {
    constexpr double million = 1e6;
    if (boots.empty() || !boots.front().is_object()) return;
    const auto& boot = boots.front().get_object();
    to.of(
        "mesh.boot.duration",
        "s",
        metric_kind::gauge,
        "How long each step of the last start took."
    );
    const auto* spans = boot.if_contains("spans");  // of a file, in the end
    if (spans == nullptr || !spans->is_array()) return;
    for (const auto& each : spans->get_array()) {
        const auto* span = each.if_object();
        const auto* name = span == nullptr ? nullptr : span->if_contains("name");
        const auto* length = span == nullptr ? nullptr : span->if_contains("length_us");
        if (name == nullptr || !name->is_string() || length == nullptr || !length->is_number())
            continue;
        std::string phase(name->get_string());
        if (phase.starts_with("mesh.plugin.")) continue;
        if (phase == "mesh.node.ready") continue;  // the whole of them: a sum would count it twice
        to.is(length->to_number<double>() / million, {label("phase", std::move(phase))});
    }
}

using counter_map = std::map<std::string, double>;

/// Empty: there is no such section.
counter_map counters_of(const std::vector<probe_section>& sections, std::string_view room) {
    counter_map all;
    for (const auto& section : sections)
        if (section.room == room)
            for (const auto& [name, value] : section.counters)
                all[name] = number(value);
    return all;
}

void add_telemetry(table& to, const std::vector<probe_section>& sections) {
    constexpr double billion = 1e9;
    auto counters = counters_of(sections, "telemetry");
    if (counters.empty()) return;
    to.of("mesh.telemetry.cpu.time", "s", metric_kind::counter, "CPU time that telemetry took.")
        .is(counters["cpu_ns"] / billion);
    to.of("mesh.telemetry.cpu.utilization",
          "1",
          metric_kind::gauge,
          "Of the CPU time that telemetry may take; above 1 less is followed.")
        .is(counters["cpu_ns_per_s"] / std::max(counters["ceiling_ns_per_s"], 1.0));
    to.of("mesh.telemetry.sampling.probability",
          "1",
          metric_kind::gauge,
          "Of a message of this host to be followed.")
        .is(counters["followed_ppb"] / billion);
}

void add_exporter(table& to, const std::vector<probe_section>& sections) {
    auto counters = counters_of(sections, "otlp");
    if (counters.empty()) return;
    const auto kind = label("otel.component.type", "otlp_http_span_exporter");
    to.of("otel.sdk.processor.span.queue.size",
          "{span}",
          metric_kind::updown,
          "Spans that wait for the collector.")
        .is(counters["waiting"], {kind});
    to.of("otel.sdk.processor.span.queue.capacity",
          "{span}",
          metric_kind::updown,
          "Spans that may wait for the collector.")
        .is(counters["waiting_max"], {kind});
    to.of("otel.sdk.exporter.span.exported",
          "{span}",
          metric_kind::counter,
          "Spans that the collector took, or why it did not.")
        .is(counters["exported"], {kind})
        .is(counters["rejected"], {kind, label("error.type", "rejected")})
        .is(counters["dropped_refused"], {kind, label("error.type", "refused")})
        .is(counters["dropped_full"], {kind, label("error.type", "queue_full")});
}

/// Of an observer that takes others' spans.
void add_receiver(table& to, const std::vector<probe_section>& sections) {
    auto counters = counters_of(sections, "observe");
    if (!counters.contains("otlp_requests")) return;
    to.of("mesh.observe.otlp.spans",
          "{span}",
          metric_kind::counter,
          "Spans that others sent, by what became of them.")
        .is(counters["otlp_spans_kept"], {label("fate", "kept")})
        .is(counters["otlp_spans_ignored"], {label("fate", "ignored")})
        .is(counters["otlp_spans_rejected"], {label("fate", "rejected")})
        .is(counters["otlp_spans_gave_way"], {label("fate", "gave_way")});
    to.of("mesh.observe.otlp.requests",
          "{request}",
          metric_kind::counter,
          "Requests that brought them, and those that were refused.")
        .is(counters["otlp_requests"] - counters["otlp_requests_refused"],
            {label("outcome", "taken")})
        .is(counters["otlp_requests_refused"], {label("outcome", "refused")});
    to.of("mesh.observe.otlp.size", "By", metric_kind::updown, "What of them is held.")
        .is(counters["otlp_bytes"]);
}

}  // namespace

std::vector<metric> host_metrics(const host_view& view) {
    const auto meters = view.meters();
    table all;
    const auto self = view.node();
    all.of("target.info", "", metric_kind::gauge, "Who this is.")
        .is(1,
            {label("service.name", "meshhost"),
             label("service.namespace", self.mesh),
             label("service.version", self.version),
             label("mesh.node.name", self.name),
             label("mesh.tier", self.tier)});
    add_members(all, self, view.peers());
    add_net(all, meters);
    add_gossip(all, meters);
    add_plugins(all, meters.plugins);
    add_budget(all, meters);
    add_process(all, meters);
    add_boot(all, view.boots());
    const auto sections = view.probe();
    add_telemetry(all, sections);
    add_exporter(all, sections);
    add_receiver(all, sections);
    auto everything = all.take();
    for (auto& each : view.instruments())
        everything.push_back(std::move(each));
    return everything;
}

}  // namespace meshhost::admin
