// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one run of the punching simulator is made of, drawn from its seed: two sites, a relay, and
// what goes wrong for a while. A random subset of faults each time.
#include "sim/punch/punch_site.hpp"

#include <string>
#include <vector>

namespace meshhost::sim {

enum class punch_fault_kind : std::uint8_t {
    roam,       ///< the host is in another network, and notices
    rebind,     ///< its NAT forgets its mappings; nobody is told
    renumber,   ///< … and has another address
    block_udp,  ///< its network lets no UDP through
    allow_udp,
    freeze,  ///< the host stands still for a while
};

struct punch_fault {
    punch_fault_kind kind = punch_fault_kind::roam;
    std::uint8_t host = 0;
    duration at{};
    site_plan to{};  ///< roam
};

struct punch_schedule {
    std::uint64_t seed = 0;
    site_plan plans[2];
    bool is_same_site = false;
    bool is_isolated = false;     ///< hosts of one network do not reach each other
    bool is_overlapping = false;  ///< two networks use the same private addresses
    duration delay[2]{};          ///< from each host to the middle of the internet
    duration relay_delay{};       ///< one way, between the two
    double loss = 0;
    double duplication = 0;
    duration jitter{};
    double move_refusal = 0;   ///< migrations that QUIC cannot make
    bool knows_traits = true;  ///< they find out about their NATs
    bool has_relay_rtt = true;
    std::vector<punch_fault> faults;
    duration faults_end{};  ///< from then on the network is a good one

    bool is_calm() const noexcept { return faults_end == duration::zero(); }
};

punch_schedule draw_schedule(std::uint64_t seed);
std::string describe(const punch_schedule& schedule);

}  // namespace meshhost::sim
