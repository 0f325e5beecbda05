// SPDX-License-Identifier: Apache-2.0
#include "sim/fault_injector.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace meshhost::sim {

fault_injector::fault_injector(
    const scenario& settings,
    std::uint64_t seed,
    link_model& links,
    sim_network& network,
    fault_events& events
)
    : settings_(settings)
    , victims_(seed, purpose::victims)
    , links_(links)
    , network_(network)
    , events_(events) {}

duration fault_injector::duration_of(const fault_settings& fault) noexcept {
    return fault.kind == fault_kind::kill ? 0s : fault.lasts;
}

void fault_injector::begin(std::uint32_t fault, time_point now) {
    const fault_settings& what = settings_.faults[fault];
    switch (what.kind) {
    case fault_kind::kill:
    case fault_kind::restart:
        return crash_some(fault, now);
    case fault_kind::partition:
    case fault_kind::one_way_partition:
    case fault_kind::one_way:
        return cut_links(fault, now);
    case fault_kind::slow:
        for (const node_index node : victims(fault))
            network_.set_reading_speed(node, what.bytes_per_second);
        return;
    case fault_kind::loss:
        return links_.set_loss(what.loss);
    case fault_kind::forge:
        for (const node_index node : victims(fault))
            events_.forges(node, true, now);
        return;
    }
}

void fault_injector::end(std::uint32_t fault, time_point now) {
    switch (settings_.faults[fault].kind) {
    case fault_kind::kill:
    case fault_kind::restart:
        return;
    case fault_kind::partition:
    case fault_kind::one_way_partition:
    case fault_kind::one_way:
        links_.remove_cut(fault);
        return network_.cuts_changed(now);
    case fault_kind::slow:
        for (const node_index node : victims(fault))
            network_.set_reading_speed(node, 0);
        return;
    case fault_kind::loss:
        return links_.set_loss(links_.usual_loss());
    case fault_kind::forge:
        for (const node_index node : victims(fault))
            events_.forges(node, false, now);
        return;
    }
}

void fault_injector::cut_links(std::uint32_t fault, time_point now) {
    const fault_settings& what = settings_.faults[fault];
    cut made;
    made.id = fault;
    made.fraction = what.fraction;
    made.side.resize(settings_.nodes);
    for (const node_index node : victims(fault))
        made.side[node] = true;
    switch (what.kind) {
    case fault_kind::partition:
        made.how = cut::shape::halves;
        break;
    case fault_kind::one_way_partition:
        made.how = cut::shape::one_way_halves;
        break;
    default:
        made.how = cut::shape::one_way_pairs;
        break;
    }
    links_.add_cut(std::move(made));
    network_.cuts_changed(now);
}

void fault_injector::crash_some(std::uint32_t fault, time_point now) {
    const fault_settings& what = settings_.faults[fault];
    for (const node_index node : victims(fault)) {
        if (!network_.is_on(node)) continue;
        events_.crash(node, what.noticed, now);
        if (what.kind == fault_kind::restart) events_.start_again(node, now + what.lasts);
    }
}

std::vector<node_index> fault_injector::victims(std::uint32_t fault) const {
    std::vector<node_index> nodes(settings_.nodes);
    std::iota(nodes.begin(), nodes.end(), node_index{0});
    const auto earlier = [&](node_index a, node_index b) {
        return victims_.bits(fault, a) < victims_.bits(fault, b);
    };
    std::sort(nodes.begin(), nodes.end(), earlier);
    const double wanted = std::round(settings_.faults[fault].fraction * settings_.nodes);
    nodes.resize(static_cast<std::size_t>(wanted));
    return nodes;
}

}  // namespace meshhost::sim
