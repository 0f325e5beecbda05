// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/nat_behaviour.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

const char* to_string(finding what) noexcept {
    switch (what) {
    case finding::unknown:
        return "unknown";
    case finding::no:
        return "no";
    case finding::yes:
        return "yes";
    }
    return "unknown";
}

const char* to_string(nat_mapping mapping) noexcept {
    switch (mapping) {
    case nat_mapping::unknown:
        return "unknown";
    case nat_mapping::none:
        return "none";
    case nat_mapping::endpoint_independent:
        return "endpoint_independent";
    case nat_mapping::address_dependent:
        return "address_dependent";
    case nat_mapping::address_and_port_dependent:
        return "address_and_port_dependent";
    case nat_mapping::endpoint_dependent:
        return "endpoint_dependent";
    }
    return "unknown";
}

const char* to_string(nat_filtering filtering) noexcept {
    switch (filtering) {
    case nat_filtering::unknown:
        return "unknown";
    case nat_filtering::endpoint_independent:
        return "endpoint_independent";
    case nat_filtering::address_dependent:
        return "address_dependent";
    case nat_filtering::address_and_port_dependent:
        return "address_and_port_dependent";
    }
    return "unknown";
}

const char* to_string(nat_grade grade) noexcept {
    switch (grade) {
    case nat_grade::unknown:
        return "unknown";
    case nat_grade::none:
        return "none";
    case nat_grade::open:
        return "open";
    case nat_grade::moderate:
        return "moderate";
    case nat_grade::strict:
        return "strict";
    case nat_grade::blocked:
        return "blocked";
    }
    return "unknown";
}

const char* describe(nat_grade grade) noexcept {
    switch (grade) {
    case nat_grade::unknown:
        return "too few servers answered to tell how the network treats UDP";
    case nat_grade::none:
        return "nothing stands between this host and the others";
    case nat_grade::open:
        return "the router translates addresses and lets answers in from anywhere";
    case nat_grade::moderate:
        return "the router lets in what was sent to: direct paths to all but strict networks";
    case nat_grade::strict:
        return "the router uses another port for each destination: direct paths to open networks "
               "only";
    case nat_grade::blocked:
        return "no UDP comes back: every path goes through a relay";
    }
    return "";
}

nat_grade grade_of(finding udp, nat_mapping mapping, nat_filtering filtering) noexcept {
    if (udp == finding::no) return nat_grade::blocked;
    if (udp == finding::unknown) return nat_grade::unknown;
    switch (mapping) {
    case nat_mapping::unknown:
        return nat_grade::unknown;
    case nat_mapping::address_dependent:
    case nat_mapping::address_and_port_dependent:
    case nat_mapping::endpoint_dependent:
        return nat_grade::strict;
    case nat_mapping::none:
    case nat_mapping::endpoint_independent:
        break;
    }
    // Whoever is not known to let in everybody counts as one who does not.
    if (filtering != nat_filtering::endpoint_independent) return nat_grade::moderate;
    return mapping == nat_mapping::none ? nat_grade::none : nat_grade::open;
}

finding can_punch(nat_grade one, nat_grade other) noexcept {
    if (one == nat_grade::blocked || other == nat_grade::blocked) return finding::no;
    if (one == nat_grade::unknown || other == nat_grade::unknown) return finding::unknown;
    const auto [open, strict] = std::minmax(one, other);
    if (strict != nat_grade::strict) return finding::yes;
    // A moderate one may filter by host alone, and then it works.
    if (open == nat_grade::moderate) return finding::unknown;
    return open == nat_grade::strict ? finding::no : finding::yes;
}

bool is_own(const ip_endpoint& seen, std::span<const ip_endpoint> local) noexcept {
    return std::any_of(local.begin(), local.end(), [&](const ip_endpoint& one) {
        return one.family == seen.family && one.address == seen.address;
    });
}

nat_mapping mapping_of(
    std::span<const ip_endpoint> seen_by_hosts,
    std::span<const ip_endpoint> local
) {
    if (seen_by_hosts.empty()) return nat_mapping::unknown;
    const ip_endpoint& first = seen_by_hosts.front();
    const bool is_same =
        std::all_of(seen_by_hosts.begin(), seen_by_hosts.end(), [&](const auto& one) {
            return one == first;
        });
    if (!is_same) return nat_mapping::endpoint_dependent;
    if (is_own(first, local)) return nat_mapping::none;
    return seen_by_hosts.size() > 1 ? nat_mapping::endpoint_independent : nat_mapping::unknown;
}

}  // namespace meshhost::nat::proto
