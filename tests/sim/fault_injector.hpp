// SPDX-License-Identifier: Apache-2.0
#pragma once
// Makes go wrong what a scenario says goes wrong.
#include "sim/link_model.hpp"
#include "sim/sim_network.hpp"

namespace meshhost::sim {

/// What a fault does to nodes, for which the injector has no hands.
class fault_events {
public:
    /// The node dies without a word.
    virtual void crash(node_index node, detection noticed, time_point now) = 0;
    /// It starts again at this time, under its old id.
    virtual void start_again(node_index node, time_point at) = 0;
    /// It begins to tell lies about what others say of themselves, or ends.
    virtual void forges(node_index node, bool does, time_point now) = 0;

protected:
    ~fault_events() = default;
};

class fault_injector {
public:
    /// All references outlive the injector.
    fault_injector(
        const scenario& settings,
        std::uint64_t seed,
        link_model& links,
        sim_network& network,
        fault_events& events
    );

    /// `fault` is an index into the scenario's faults.
    void begin(std::uint32_t fault, time_point now);
    void end(std::uint32_t fault, time_point now);

    /// From its beginning until nothing of it is left but its consequences; 0 for a kill.
    static duration duration_of(const fault_settings& fault) noexcept;

private:
    void cut_links(std::uint32_t fault, time_point now);
    void crash_some(std::uint32_t fault, time_point now);
    /// As many of the nodes as the fault's fraction says, in a random order.
    std::vector<node_index> victims(std::uint32_t fault) const;

    const scenario& settings_;
    draw victims_;
    link_model& links_;
    sim_network& network_;
    fault_events& events_;
};

}  // namespace meshhost::sim
