// SPDX-License-Identifier: Apache-2.0
#pragma once
// One simulated host: drives a gossip machine as the service on real sockets does.
#include "sim/event.hpp"
#include "sim/identity_pool.hpp"
#include "sim/run_recorder.hpp"
#include "sim/sim_network.hpp"

#include <optional>

namespace meshhost::sim {

/// Who has something to say above the gossip.
class node_user {
public:
    virtual void node_heard(node_index node, bytes_view content) = 0;
    virtual void node_neighbor_up(node_index node, node_index peer) = 0;
    virtual void node_neighbor_down(node_index node, node_index peer, bool is_lost) = 0;

protected:
    ~node_user() = default;
};

/// What all nodes of a run share. Outlives them.
struct node_surroundings {
    const identity_pool& identities;
    const proto::config& options;
    proto::id_cache& ids;
    identity::topic_id topic;
    sim_network& network;
    event_schedule& schedule;
    run_recorder& recorder;
    node_user* user = nullptr;  ///< null: contents are numbered messages of the traffic
};

class sim_node {
public:
    sim_node(node_index self, node_surroundings& around)
        : self_(self)
        , around_(around) {}

    bool is_on() const noexcept { return machine_.has_value(); }
    /// Who is on, and has not begun to leave, may broadcast.
    bool is_member() const noexcept { return is_on() && !is_leaving_; }
    /// Changes with every start and stop.
    std::uint32_t life() const noexcept { return life_; }

    /// Starts a machine that knows nobody but `contacts`.
    void start(std::span<const identity::endpoint_id> contacts, prng random, time_point now);
    /// Says goodbye; stop() follows when that is out.
    void leave(time_point now);
    void stop();

    message_number broadcast(
        std::uint32_t series,
        std::uint32_t round,
        std::uint32_t bytes,
        time_point now
    );
    void say(bytes_view content, const proto::broadcast_options& how, time_point now);
    void timer(time_point armed, time_point now);

    void link_up(node_index peer, proto::link_instance link, duration rtt, time_point now);
    void link_down(node_index peer, proto::link_instance link, proto::link_end how, time_point now);
    void dial_failed(node_index peer, time_point now);
    void received(
        node_index from,
        proto::link_instance link,
        const proto::shared_bytes& frame,
        time_point now
    );

    /// Entries in all tables of the machine. Precondition: is_on().
    std::size_t table_entries() const;
    void check_invariants() const { machine_->check_invariants(); }
    /// Those of its neighbours to whom it pushes payloads. Precondition: is_on().
    std::vector<node_index> eager_peers() const;

private:
    void settle(time_point now);
    void arm(time_point now);

    void act(proto::send_output& out, time_point now);
    void act(const proto::want_link_output& out, time_point now);
    void act(const proto::drop_link_output& out, time_point now);
    void act(const proto::neighbor_up_output& out, time_point now);
    void act(const proto::neighbor_down_output& out, time_point now);
    void act(const proto::message_output& out, time_point now);
    void act(const proto::peer_addr_output& out, time_point now);
    void act(const proto::protocol_violation_output& out, time_point now);

    node_index self_;
    node_surroundings& around_;
    std::optional<proto::gossip_state> machine_;
    bool is_leaving_ = false;
    std::uint32_t life_ = 0;
    std::optional<time_point> armed_;
};

}  // namespace meshhost::sim
