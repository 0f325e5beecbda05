// SPDX-License-Identifier: Apache-2.0
#include "app/probe_sections.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

namespace meshhost::app {

namespace {

/// Indexed by close_cause. Settled: dashboards and tests name them.
constexpr std::array<const char*, std::tuple_size_v<decltype(transport::probe::closed_by_cause)>>
    close_counters{
        "closed_locally",
        "closed_by_peer",
        "closed_transport_error",
        "closed_idle_timeout",
        "closed_handshake_timeout",
        "closed_identity_mismatch",
        "closed_alpn_mismatch",
        "closed_stateless_reset",
        "closed_refused",
        "closed_no_address",
        "closed_endpoint_closed",
        "closed_unresponsive",
        "closed_port_closed"};

/// Indexed by traffic_class. Settled, too.
constexpr std::array<const char*, gossip::proto::traffic_class_count>
    traffic_names{"membership", "payload", "repair", "announce", "shuffle"};

std::uint64_t entries_in(const char* directory) {
    std::error_code ec;
    const std::filesystem::directory_iterator entries(directory, ec);
    if (ec) return 0;
    return static_cast<std::uint64_t>(std::distance(entries, std::filesystem::directory_iterator())
    );
}

/// The number behind "Name:" in /proc/self/status (proc(5)).
std::uint64_t status_number(const std::string& name) {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        std::uint64_t number = 0;
        if (word == name + ":" && status >> number) return number;
    }
    return 0;
}

}  // namespace

admin::probe_section section_of(const transport::probe& counters) {
    admin::probe_section section{
        "transport",
        {{"connections", counters.connections},
         {"half_open", counters.half_open},
         {"streams", counters.streams},
         {"timers", counters.timers},
         {"connection_ids", counters.connection_ids},
         {"paths", counters.paths},
         {"paths_cached", counters.paths_cached},
         {"session_tickets", counters.session_tickets},
         {"address_tokens", counters.address_tokens},
         {"tls_sessions", counters.tls_sessions},
         {"send_bytes", counters.send_bytes},
         {"closing", counters.closing},
         {"objects", counters.objects},
         {"handles", counters.handles},
         {"opened", counters.opened},
         {"closed", counters.closed},
         {"streams_opened", counters.streams_opened},
         {"streams_closed", counters.streams_closed},
         {"datagrams_received", counters.datagrams_received},
         {"datagrams_sent", counters.datagrams_sent},
         {"datagrams_dropped", counters.datagrams_dropped},
         {"bytes_received", counters.bytes_received},
         {"bytes_sent", counters.bytes_sent},
         {"retries_sent", counters.retries_sent},
         {"resets_sent", counters.resets_sent},
         {"early_data_accepted", counters.early_data_accepted}}};
    for (std::size_t i = 0; i < counters.closed_by_cause.size(); ++i)
        section.counters.emplace_back(close_counters[i], counters.closed_by_cause[i]);
    return section;
}

admin::probe_section section_of(const peers::probe& counters) {
    return {
        "peers",
        {{"peers", counters.peers},
         {"connected", counters.connected},
         {"stale", counters.stale},
         {"dead", counters.dead},
         {"left", counters.left},
         {"tombstones", counters.tombstones},
         {"links", counters.links},
         {"dials_in_flight", counters.dials_in_flight},
         {"dial_targets", counters.dial_targets},
         {"links_opened", counters.links_opened},
         {"links_closed", counters.links_closed},
         {"faults", counters.faults},
         {"conflicts", counters.conflicts},
         {"overruled", counters.overruled},
         {"evictions", counters.evictions},
         {"expiries", counters.expiries},
         {"deaths", counters.deaths},
         {"false_alarms", counters.false_alarms},
         {"reports_taken", counters.reports_taken},
         {"reports_refuted", counters.reports_refuted},
         {"reports_ignored", counters.reports_ignored},
         {"checks", counters.checks},
         {"neighbors", counters.neighbors},
         {"syncs", counters.syncs},
         {"timers", counters.timers},
         {"broadcasts", counters.broadcasts},
         {"comparisons", counters.comparisons},
         {"records_said", counters.mesh.records_said},
         {"record_bytes_said", counters.mesh.record_bytes_said},
         {"deltas_said", counters.mesh.deltas_said},
         {"delta_bytes_said", counters.mesh.delta_bytes_said},
         {"losses_said", counters.mesh.losses_said},
         {"loss_bytes_said", counters.mesh.loss_bytes_said},
         {"records_heard", counters.mesh.records_heard},
         {"record_bytes_heard", counters.mesh.record_bytes_heard},
         {"deltas_heard", counters.mesh.deltas_heard},
         {"delta_bytes_heard", counters.mesh.delta_bytes_heard},
         {"losses_heard", counters.mesh.losses_heard},
         {"loss_bytes_heard", counters.mesh.loss_bytes_heard},
         {"records_taken", counters.mesh.records_taken},
         {"deltas_applied", counters.mesh.deltas_applied},
         {"deltas_without_base", counters.mesh.deltas_without_base},
         {"records_stale", counters.mesh.records_stale},
         {"records_forged", counters.mesh.records_forged},
         {"records_future", counters.mesh.records_future},
         {"records_refused", counters.mesh.records_refused},
         {"records_excess", counters.mesh.records_excess},
         {"losses_forged", counters.mesh.losses_forged},
         {"unverified", counters.mesh.unverified}}};
}

admin::probe_section section_of(const gossip::probe& counters) {
    admin::probe_section section{
        "gossip",
        {{"links", counters.links},
         {"connections", counters.connections},
         {"streams", counters.streams},
         {"queue_frames", counters.queue_frames},
         {"queue_bytes", counters.queue_bytes},
         {"dials_in_flight", counters.dials_in_flight},
         {"dials_remembered", counters.dials_remembered},
         {"addresses", counters.addresses},
         {"topics", counters.state.topics},
         {"subscriptions", counters.subscriptions},
         {"timers", counters.timers},
         {"dials", counters.dials},
         {"dials_failed", counters.dials_failed},
         {"links_up", counters.links_up},
         {"slow_peers", counters.slow_peers},
         {"worn_out", counters.worn_out},
         {"violations", counters.violations},
         {"headerless", counters.headerless},
         {"unknown_topic", counters.unknown_topic},
         {"frames_dropped", counters.frames_dropped},
         {"events_lagged", counters.events_lagged}}};
    for (std::size_t i = 0; i < traffic_names.size(); ++i) {
        const std::string name = traffic_names[i];
        section.counters.emplace_back("sent_" + name + "_bytes", counters.state.sent[i].bytes);
        section.counters.emplace_back(
            "received_" + name + "_bytes",
            counters.state.received[i].bytes
        );
    }
    return section;
}

admin::probe_section section_of(const plugin::plugin_counts& counters, std::size_t known) {
    return {
        "plugins",
        {{"instances", known},
         {"strands", counters.strands},
         {"queued", counters.queued},
         {"handles", counters.handles},
         {"connections", counters.connections},
         {"streams", counters.streams},
         {"unread_bytes", counters.unread}}};
}

admin::probe_section section_of(const net::shard& shard) {
    admin::probe_section section{
        "loop",
        {{"tasks_waiting", shard.tasks_waiting()},
         {"tasks_posted", shard.tasks_posted()},
         {"orphaned_waits", shard.timers().orphans()}}};
    for (const auto& each : shard.timers().count(shard.now())) {
        section.counters.emplace_back("timers_" + each.owner, each.timers);
        section.counters.emplace_back("timers_armed_" + each.owner, each.armed);
    }
    return section;
}

admin::probe_section section_of(
    const introspect::client_probe& asking,
    const introspect::server_probe& answering
) {
    return {
        "introspect",
        {{"asking", asking.connections},
         {"questions", asking.questions},
         {"asked", asking.asked},
         {"answering", answering.connections},
         {"streams", answering.streams},
         {"answered", answering.questions},
         {"refused", answering.refused}}};
}

admin::probe_section process_section() {
    constexpr std::uint64_t kibibyte = 1024;
    return {
        "process",
        {{"descriptors", entries_in("/proc/self/fd")},
         {"threads", status_number("Threads")},
         {"resident_bytes", status_number("VmRSS") * kibibyte}}};
}

}  // namespace meshhost::app
