// SPDX-License-Identifier: Apache-2.0
#include "relayd/relay_metrics.hpp"

#include "relayd/relay_server.hpp"

namespace meshhost::relayd {

namespace {

using telemetry::metric;
using telemetry::metric_kind;

metric one(const char* name, const char* what, metric_kind kind, double value) {
    metric out;
    out.name = name;
    out.description = what;
    out.kind = kind;
    out.points.push_back({.attributes = {}, .value = value, .buckets = {}});
    return out;
}

/// How connections that were clients ended.
metric ends(const relay::proto::server_stats& stats) {
    metric out;
    out.name = "relayserver.client_ends";
    out.description = "Connections of clients that ended, by why";
    for (std::size_t i = 0; i < stats.ended.size(); ++i) {
        const auto why = static_cast<relay::proto::client_end>(i);
        out.points.push_back(
            {.attributes = {{"why", std::string(relay::proto::to_string(why))}},
             .value = static_cast<double>(stats.ended[i]),
             .buckets = {}}
        );
    }
    return out;
}

/// How clients proved their keys.
metric handshakes(const relay::proto::server_stats& stats) {
    metric out;
    out.name = "relayserver.handshakes";
    out.description = "Clients that became known, by what proved their key";
    const auto challenged = static_cast<double>(stats.accepted - stats.proven);
    const auto proven = static_cast<double>(stats.proven);
    out.points.push_back({.attributes = {{"by", "challenge"}}, .value = challenged, .buckets = {}});
    out.points.push_back({.attributes = {{"by", "tls_exporter"}}, .value = proven, .buckets = {}});
    return out;
}

}  // namespace

std::vector<metric> relay_metrics(const relay_server& server) {
    const auto& stats = server.stats();
    const auto& http = server.http();
    const auto& machine = server.machine();
    std::vector<metric> out;
    const auto count = [&](const char* name, const char* what, std::uint64_t value) {
        out.push_back(one(name, what, metric_kind::counter, static_cast<double>(value)));
    };
    const auto gauge = [&](const char* name, const char* what, std::size_t value) {
        out.push_back(one(name, what, metric_kind::gauge, static_cast<double>(value)));
    };
    const std::uint64_t dropped = stats.dropped_unknown + stats.dropped_full + stats.dropped_memory;
    std::uint64_t ended = 0;
    for (const auto each : stats.ended)
        ended += each;
    count("relayserver.bytes_sent", "Bytes of datagrams sent to clients", stats.bytes_sent);
    count("relayserver.bytes_recv", "Bytes of datagrams from clients", stats.bytes_received);
    count(
        "relayserver.send_packets_recv",
        "Frames of datagrams received",
        stats.datagrams_received
    );
    count("relayserver.send_packets_sent", "Frames of datagrams sent", stats.datagrams_sent);
    count("relayserver.send_packets_dropped", "Frames of datagrams dropped", dropped);
    count(
        "relayserver.dropped_unknown",
        "Dropped: nobody of that id is here",
        stats.dropped_unknown
    );
    count("relayserver.dropped_full", "Dropped: its receiver's queue was full", stats.dropped_full);
    count("relayserver.dropped_memory", "Dropped: all queues were full", stats.dropped_memory);
    count("relayserver.got_ping", "Pings from clients", stats.pings_received);
    count("relayserver.sent_pong", "Pongs to clients", stats.pings_received);
    count("relayserver.sent_ping", "Pings to clients", stats.pings_sent);
    count(
        "relayserver.stream_bytes_recv",
        "Bytes behind the upgrades",
        stats.stream_bytes_received
    );
    count("relayserver.stream_bytes_sent", "Bytes behind the upgrades", stats.stream_bytes_sent);
    count(
        "relayserver.conns_rx_ratelimited_total",
        "Times a client was not read from for a while",
        stats.rate_limited
    );
    count("relayserver.accepts", "Connections that became clients", stats.accepted);
    count("relayserver.disconnects", "Connections behind an upgrade that ended", ended);
    out.push_back(handshakes(stats));
    out.push_back(ends(stats));
    count("relayserver.clients_inactive_added", "Superseded by their own id", stats.superseded);
    count("relayserver.clients_inactive_removed", "Active again", stats.promoted);
    count("relayserver.http_connections", "Connections accepted", http.connections);
    count("relayserver.http_connections_closed", "Connections closed", http.closed);
    count("relayserver.http_connections_errored", "No TLS or no HTTP", http.errored);
    count("relayserver.http_connections_refused", "Over a limit", http.refused);
    count("relayserver.http_connections_late", "Not a request in time", http.late);
    count("relayserver.http_requests", "Requests", http.requests);
    count("relayserver.http_upgrades", "Requests that became relay connections", http.upgrades);
    gauge("relayserver.connections", "Connections now", server.connections());
    gauge("relayserver.clients", "Clients now", machine.clients());
    gauge("relayserver.clients_inactive", "Of these, superseded", machine.clients_inactive());
    gauge("relayserver.queued_bytes", "Waiting for clients", machine.queued_bytes());
    return out;
}

}  // namespace meshhost::relayd
