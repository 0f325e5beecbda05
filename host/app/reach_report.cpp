// SPDX-License-Identifier: Apache-2.0
#include "app/reach_report.hpp"

#include <algorithm>

namespace meshhost::app {

namespace {

using nat::proto::known;

std::string udp_text(known works) {
    return works == known::yes ? "yes" : works == known::no ? "no" : "unknown";
}

/// Where one of our own addresses is what others see, there is no NAT.
std::string mapping_text(const reach::reach_service& service) {
    const auto candidates = service.candidates();
    const auto all = candidates.all();
    const auto is_of = [](nat::proto::candidate_kind kind) {
        return [kind](const nat::proto::candidate& each) { return each.kind == kind; };
    };
    const bool is_seen_elsewhere =
        std::any_of(all.begin(), all.end(), is_of(nat::proto::candidate_kind::reflexive));
    const auto traits = service.traits();
    if (traits.mapping_varies == known::yes) return "varies";
    if (traits.udp_works == known::yes && !is_seen_elsewhere) return "none";
    return traits.mapping_varies == known::no ? "same" : "unknown";
}

void add_report(const network_survey* survey, admin::reach_snapshot& to) {
    if (survey == nullptr) return;
    using nat::proto::to_string;
    to.pcp = to_string(survey->mapping_kinds().pcp);
    to.nat_pmp = to_string(survey->mapping_kinds().nat_pmp);
    to.upnp = to_string(survey->mapping_kinds().upnp);
    const auto* const report = survey->report();
    if (report == nullptr) return;
    to.filtering = to_string(report->v4.filtering);
    to.hairpin = to_string(report->v4.hairpin);
    to.captive_portal = to_string(report->captive_portal);
}

admin::reach_snapshot::relay snapshot_of(const transport::relay_view& from) {
    admin::reach_snapshot::relay out;
    out.url = from.url;
    out.is_own = from.is_own;
    out.is_home = from.is_home;
    out.status = relay::proto::to_string(from.status);
    if (from.status != relay::relay_status::up) out.reason = relay::proto::to_string(from.reason);
    out.latency = from.latency;
    out.datagrams_sent = from.stats.datagrams_sent;
    out.datagrams_received = from.stats.datagrams_received;
    out.datagrams_dropped = from.stats.dropped_full + from.stats.dropped_stale
                            + from.stats.dropped_lost + from.stats.dropped_size;
    return out;
}

}  // namespace

admin::reach_snapshot snapshot_of(
    const host_reach& reach,
    const transport::endpoint& endpoint,
    const peers::peers_service& peers,
    bool is_relay_only
) {
    const auto& service = reach.service();
    admin::reach_snapshot out;
    const auto candidates = service.candidates();
    for (const auto& each : candidates.all())
        out.addresses.push_back({each.address.to_string(), nat::proto::to_string(each.kind)});
    out.udp = udp_text(service.traits().udp_works);
    out.mapping = mapping_text(service);
    out.is_relay_only = is_relay_only;
    add_report(reach.survey(), out);
    for (const auto& each : reach.servers())
        out.servers.push_back(
            {each.server, each.seen ? each.seen->to_string() : "", each.round_trip}
        );
    for (const auto& each : endpoint.relays())
        out.relays.push_back(snapshot_of(each));
    for (const auto& each : service.list()) {
        const auto known = peers.find(each.peer);
        const bool has_name = known && known->entry.digest;
        out.peers.push_back(
            {each.peer.to_hex(),
             has_name ? known->entry.digest->name : "",
             nat::proto::to_string(each.how),
             nat::proto::describe(each.how.why),
             each.relay,
             each.direct ? each.direct->to_string() : "",
             each.counts.rounds,
             each.counts.moves,
             each.counts.moves_failed}
        );
    }
    out.failovers = service.counts().failovers;
    if (reach.mdns() != nullptr) out.found = reach.found().size();
    return out;
}

}  // namespace meshhost::app
