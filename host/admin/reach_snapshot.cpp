// SPDX-License-Identifier: Apache-2.0
#include "admin/reach_snapshot.hpp"

#include "base/json_value.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace meshhost::admin {

namespace {

namespace json = boost::json;

json::value us_or_null(const std::optional<duration>& time) {
    if (!time) return nullptr;
    return std::chrono::duration_cast<std::chrono::microseconds>(*time).count();
}

json::array relays_json(const std::vector<reach_snapshot::relay>& relays) {
    json::array all;
    for (const auto& each : relays)
        all.push_back(
            {{"url", each.url},
             {"own", each.is_own},
             {"home", each.is_home},
             {"status", each.status},
             {"reason", text_or_null(each.reason)},
             {"latency_us", us_or_null(each.latency)},
             {"datagrams_sent", each.datagrams_sent},
             {"datagrams_received", each.datagrams_received},
             {"datagrams_dropped", each.datagrams_dropped}}
        );
    return all;
}

json::array peers_json(const std::vector<reach_snapshot::peer>& peers) {
    json::array all;
    for (const auto& each : peers)
        all.push_back(
            {{"id", each.id},
             {"name", text_or_null(each.name)},
             {"reason", each.reason},
             {"words", each.words},
             {"relay", text_or_null(each.relay)},
             {"direct", text_or_null(each.direct)},
             {"rounds", each.rounds},
             {"moves", each.moves},
             {"moves_failed", each.moves_failed}}
        );
    return all;
}

}  // namespace

reach_verdict judge(const reach_snapshot& reach) {
    const bool is_any_up = std::any_of(reach.relays.begin(), reach.relays.end(), [](auto& each) {
        return each.status == "up";
    });
    if (reach.is_relay_only)
        return is_any_up
                   ? reach_verdict{"relayed", "everything goes by way of relays, as configured"}
                   : reach_verdict{"alone", "no direct path is wanted, and no relay is up"};
    if (reach.udp == "no")
        return is_any_up
                   ? reach_verdict{"relayed", "no UDP gets through: all goes by way of relays"}
                   : reach_verdict{"alone", "no UDP gets through, and no relay is up"};
    if (reach.mapping == "varies")
        return {
            "hard_nat",
            "the NAT gives each peer another port: whoever is picky about ports is relayed"};
    if (reach.udp == "yes") return {"good", "direct connections work from here"};
    return {
        "unknown",
        "nobody tells this host how it is seen: set relay.urls, or relay.stun, if peers are beyond "
        "this network"};
}

json::object reach_json(const reach_snapshot& reach) {
    json::array addresses;
    for (const auto& each : reach.addresses)
        addresses.push_back({{"at", each.at}, {"kind", each.kind}});
    json::array servers;
    for (const auto& each : reach.servers)
        servers.push_back(
            {{"name", each.name},
             {"seen", text_or_null(each.seen)},
             {"rtt_us", us_or_null(each.rtt)}}
        );
    const auto verdict = judge(reach);
    return {
        {"verdict", verdict.word},
        {"words", verdict.words},
        {"udp", reach.udp},
        {"mapping", reach.mapping},
        {"relay_only", reach.is_relay_only},
        {"filtering", reach.filtering},
        {"hairpin", reach.hairpin},
        {"captive_portal", reach.captive_portal},
        {"port_mapping", {{"pcp", reach.pcp}, {"nat_pmp", reach.nat_pmp}, {"upnp", reach.upnp}}},
        {"addresses", std::move(addresses)},
        {"servers", std::move(servers)},
        {"relays", relays_json(reach.relays)},
        {"peers", peers_json(reach.peers)},
        {"failovers", reach.failovers},
        {"discovery", {{"mdns", reach.found.has_value()}, {"found", reach.found.value_or(0)}}}};
}

}  // namespace meshhost::admin
