// SPDX-License-Identifier: Apache-2.0
#pragma once
// The half of a run that is above the gossip: every node's registry, the digests among them, and
// who judges what they know.
#include "sim/forger.hpp"
#include "sim/registry_watch.hpp"
#include "sim/sim_node.hpp"
#include "sim/sync_fabric.hpp"
#include "sim/verdict_memo.hpp"

namespace meshhost::sim {

class digest_world final : public node_user, private member_events {
public:
    /// References outlive it.
    digest_world(
        const scenario& settings,
        std::uint64_t seed,
        const identity_pool& identities,
        link_model& links,
        sim_network& network,
        event_schedule& schedule,
        std::vector<sim_node>& nodes
    );

    /// After the node's gossip started, and before it stops.
    void started(node_index node, std::uint64_t start, time_point now);
    void leaves(node_index node, time_point now);
    void stopped(node_index node, time_point now);
    /// From now on, or no longer. Precondition: it is on.
    void forges(node_index node, bool does, time_point now);
    void disturbed(time_point now) { watch_.disturbed(now); }

    void handle(const event& what, time_point now);
    void sample(time_point now) { watch_.look(now); }
    /// What was sent so far does not count.
    void begin_measuring();
    void measure(run_record& record) const;

    void node_heard(node_index node, bytes_view content) override;
    void node_neighbor_up(node_index node, node_index peer) override;
    void node_neighbor_down(node_index node, node_index peer, bool is_lost) override;

private:
    void member_says(node_index by, bytes_view content, bool is_urgent) override;
    void member_compares(node_index by, node_index with) override;
    void member_checks(node_index by, node_index whom) override;
    void member_judges(node_index by, node_index whom, peers::proto::peer_state state) override;
    void member_signs(node_index by, const peers::proto::digest_version& version) override;
    void member_knows(
        node_index by,
        node_index whom,
        const std::optional<peers::proto::digest_version>& version
    ) override;
    void member_deadline(node_index of, time_point at) override;
    void forge(node_index by, std::uint64_t number, time_point now);
    void measure_machines(run_record& record) const;
    void plan_change(node_index node, std::uint64_t number, time_point now);

    const scenario& settings_;
    std::uint64_t seed_;
    const identity_pool& identities_;
    sim_network& network_;
    event_schedule& schedule_;
    std::vector<sim_node>& nodes_;
    peers::proto::config options_;
    verdict_memo verdicts_;
    std::vector<member> members_;
    std::map<node_index, forger> forgers_;
    sync_fabric fabric_;
    registry_watch watch_;
    struct {
        std::uint64_t bytes = 0;
        std::uint64_t opened = 0;
    } unmeasured_;
    time_point now_;  ///< of the event being handled
};

}  // namespace meshhost::sim
