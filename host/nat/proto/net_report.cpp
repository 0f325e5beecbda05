// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/net_report.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

namespace {

/// How much is possible; what is not known is better than nothing at all.
int rank(nat_grade grade) noexcept {
    switch (grade) {
    case nat_grade::none:
        return 5;
    case nat_grade::open:
        return 4;
    case nat_grade::moderate:
        return 3;
    case nat_grade::strict:
        return 2;
    case nat_grade::unknown:
        return 1;
    case nat_grade::blocked:
        return 0;
    }
    return 0;
}

bool is_same_network(const family_report& one, const family_report& other) noexcept {
    return one.udp == other.udp && one.seen == other.seen && one.mapping == other.mapping
           && one.filtering == other.filtering;
}

}  // namespace

finding port_mapping_kinds::any() const noexcept {
    const auto all = {pcp, nat_pmp, upnp};
    if (std::find(all.begin(), all.end(), finding::yes) != all.end()) return finding::yes;
    const bool is_known = std::find(all.begin(), all.end(), finding::unknown) == all.end();
    return is_known ? finding::no : finding::unknown;
}

nat_grade net_report::grade() const noexcept {
    if (v6.has_address == finding::no) return v4.grade();
    if (v4.has_address == finding::no) return v6.grade();
    return rank(v6.grade()) > rank(v4.grade()) ? v6.grade() : v4.grade();
}

std::string verdict(const net_report& report) {
    if (report.captive_portal == finding::yes)
        return "CAPTIVE: a portal answers in place of the network; log in with a browser first";
    switch (report.grade()) {
    case nat_grade::none:
    case nat_grade::open:
    case nat_grade::moderate:
        return "GOOD: direct connections work from here";
    case nat_grade::strict:
        if (report.port_mapping.any() == finding::yes)
            return "GOOD: the router picks a port for each destination, and forwards one on "
                   "request";
        return "LIMITED: the router picks a port for each destination; forward a UDP port to this "
               "host, or allow PCP, NAT-PMP or UPnP";
    case nat_grade::blocked: {
        const bool has_relay =
            std::any_of(report.relays.begin(), report.relays.end(), [](const relay_latency& one) {
                return one.round_trip.has_value();
            });
        if (has_relay) return "RELAYED: no UDP comes back; all goes through a relay over TCP";
        return "OFFLINE: no UDP comes back, and no relay answered";
    }
    case nat_grade::unknown:
        break;
    }
    return "UNKNOWN: too few servers answered; name a STUN server or a relay";
}

bool is_news(const net_report& before, const net_report& after) noexcept {
    return !is_same_network(before.v4, after.v4) || !is_same_network(before.v6, after.v6)
           || before.captive_portal != after.captive_portal
           || before.port_mapping != after.port_mapping;
}

}  // namespace meshhost::nat::proto
