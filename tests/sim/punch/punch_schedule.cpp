// SPDX-License-Identifier: Apache-2.0
#include "sim/punch/punch_schedule.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::sim {

namespace {

duration milliseconds(std::uint64_t count) {
    return std::chrono::milliseconds(count);
}

site_plan draw_plan(prng& random) {
    site_plan plan;
    plan.kind = static_cast<site_kind>(random.below(site_kinds));
    plan.has_v6 = random.chance(0.15);
    plan.has_v4 = !plan.has_v6 || !random.chance(0.2);
    plan.keeps_port = random.chance(0.5);
    plan.hairpins = random.chance(0.3);
    plan.lifetime = random.chance(0.7) ? 30s : 120s;
    return plan;
}

punch_fault draw_fault(prng& random, duration end) {
    punch_fault fault;
    fault.kind = static_cast<punch_fault_kind>(random.below(6));
    fault.host = static_cast<std::uint8_t>(random.below(2));
    fault.at = milliseconds(random.below(static_cast<std::uint64_t>(end / 1ms)));
    fault.to = draw_plan(random);
    return fault;
}

void draw_faults(punch_schedule& made, prng& random) {
    made.faults_end = milliseconds(5'000 + random.below(85'000));
    if (random.chance(0.5)) made.loss = random.unit() * 0.3;
    if (random.chance(0.3)) made.duplication = random.unit() * 0.2;
    if (random.chance(0.3)) made.jitter = milliseconds(random.below(100));
    if (random.chance(0.2)) made.move_refusal = random.unit();
    const std::uint64_t count = random.below(5);
    for (std::uint64_t i = 0; i < count; ++i)
        made.faults.push_back(draw_fault(random, made.faults_end));
    std::sort(made.faults.begin(), made.faults.end(), [](auto& a, auto& b) { return a.at < b.at; });
}

const char* word(punch_fault_kind kind) noexcept {
    switch (kind) {
    case punch_fault_kind::roam:
        return "roam";
    case punch_fault_kind::rebind:
        return "rebind";
    case punch_fault_kind::renumber:
        return "renumber";
    case punch_fault_kind::block_udp:
        return "block";
    case punch_fault_kind::allow_udp:
        return "allow";
    case punch_fault_kind::freeze:
        return "freeze";
    }
    return "roam";
}

std::string describe(const site_plan& plan) {
    return fmt::format(
        "{}{}{}{}{}",
        to_string(plan.kind),
        plan.has_v4 ? "" : ", no IPv4",
        plan.has_v6 ? ", IPv6" : "",
        plan.keeps_port ? ", keeps ports" : "",
        plan.hairpins ? ", hairpins" : ""
    );
}

}  // namespace

punch_schedule draw_schedule(std::uint64_t seed) {
    prng random(seed);
    punch_schedule made;
    made.seed = seed;
    for (site_plan& plan : made.plans)
        plan = draw_plan(random);
    made.is_same_site = random.chance(0.12);
    made.is_isolated = random.chance(0.5);
    made.is_overlapping = random.chance(0.3);
    for (duration& delay : made.delay)
        delay = milliseconds(1 + random.below(80));
    const duration most = 2 * (made.delay[0] + made.delay[1]);
    made.relay_delay = made.delay[0] + made.delay[1]
                       + milliseconds(random.below(static_cast<std::uint64_t>(most / 1ms)));
    made.knows_traits = random.chance(0.7);
    made.has_relay_rtt = random.chance(0.8);
    if (random.chance(0.6)) draw_faults(made, random);
    return made;
}

std::string describe(const punch_schedule& schedule) {
    std::string text = fmt::format(
        "seed {}: [{}] and [{}]{}{}{}; {} and {} ms, relay {} ms",
        schedule.seed,
        describe(schedule.plans[0]),
        describe(schedule.plans[1]),
        schedule.is_same_site ? ", one site" : "",
        schedule.is_isolated ? ", isolated" : "",
        schedule.is_overlapping ? ", overlapping" : "",
        schedule.delay[0] / 1ms,
        schedule.delay[1] / 1ms,
        schedule.relay_delay / 1ms
    );
    if (schedule.is_calm()) return text;
    text += fmt::format(
        "; until {} s: loss {:.2f}, duplication {:.2f}, jitter {} ms, moves refused {:.2f}",
        schedule.faults_end / 1s,
        schedule.loss,
        schedule.duplication,
        schedule.jitter / 1ms,
        schedule.move_refusal
    );
    for (const punch_fault& fault : schedule.faults)
        text += fmt::format(", {} of {} at {} ms", word(fault.kind), fault.host, fault.at / 1ms);
    return text;
}

}  // namespace meshhost::sim
