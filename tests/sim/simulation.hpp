// SPDX-License-Identifier: Apache-2.0
#pragma once
// One run: a scenario, a seed and a set of rules, from the first join to the end. The same three
// give the same run, to the byte.
#include "sim/digest_world.hpp"
#include "sim/fault_injector.hpp"
#include "sim/run_record.hpp"
#include "sim/sim_node.hpp"

#include <functional>

namespace meshhost::sim {

/// How far a run is.
struct progress {
    time_point simulated;
    std::uint64_t events = 0;
};

class simulation final : network_events, fault_events {
public:
    /// References outlive the simulation; the pool has the scenario's nodes.
    simulation(
        const scenario& settings,
        const proto::config& rules,
        std::uint64_t seed,
        const identity_pool& identities,
        proto::id_cache& ids
    );

    /// Runs to the end. `report` is called every so many events. Once only.
    run_record run(const std::function<void(const progress&)>& report);

private:
    void plan();
    void plan_joins();
    void plan_traffic();
    void plan_clocks(std::uint32_t series, std::uint32_t round, time_point at);
    void plan_faults();
    void plan_churn();

    void handle(const event& what);
    void handle_node(const event& what);
    void handle_world(const event& what);

    void start(node_index node);
    void depart(node_index node);
    void stop(node_index node, detection noticed, bool is_clean);
    void broadcast(std::uint32_t series, std::uint32_t round);
    void broadcast_from(node_index node, std::uint32_t series, std::uint32_t round);
    void judge(message_number number);
    void disturbed();
    void sample();
    void look_into_nodes();
    bool is_storm();
    duration churn_time(node_index node, duration mean);

    void link_up(node_index at, node_index peer, proto::link_instance link) override;
    void link_down(node_index at, node_index peer, proto::link_instance link, proto::link_end how)
        override;
    void dial_failed(node_index at, node_index peer) override;
    void frame_arrived(
        node_index at,
        node_index from,
        proto::link_instance link,
        const proto::shared_bytes& frame
    ) override;
    void frame_dropped() override { recorder_.frame_dropped(); }
    void crash(node_index node, detection noticed, time_point now) override;
    void start_again(node_index node, time_point at) override;
    void forges(node_index node, bool does, time_point now) override;

    const scenario& settings_;
    std::uint64_t seed_;
    const identity_pool& identities_;
    time_point now_;
    time_point end_;
    event_schedule schedule_;
    link_model links_;
    run_recorder recorder_;
    sim_network network_;
    fault_injector faults_;
    node_surroundings around_;
    std::vector<sim_node> nodes_;
    std::optional<digest_world> digests_;  ///< when the scenario has them
    std::vector<std::uint32_t> starts_;    ///< of each node, for its randomness and churn
    bool is_measuring_ = true;             ///< since scenario::measure_from
    time_point second_began_;              ///< the storm watch
    std::uint64_t events_in_second_ = 0;
    time_point looked_at_;  ///< into the nodes
};

}  // namespace meshhost::sim
