// SPDX-License-Identifier: Apache-2.0
#pragma once
// QUIC connections as gossip meets them: one logical link a pair of nodes, dialled in one round
// trip, in order, repaired after loss, and given up after a silence. Each end learns of it in its
// own time, and an end may live in the belief that the link is up when the other end is long gone.
#include "gossip/proto/gossip_state.hpp"
#include "sim/event.hpp"
#include "sim/link_model.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <vector>

namespace meshhost::sim {

namespace proto = gossip::proto;

/// What the network tells a node.
class network_events {
public:
    virtual void link_up(node_index at, node_index peer, proto::link_instance link) = 0;
    virtual void link_down(
        node_index at,
        node_index peer,
        proto::link_instance link,
        proto::link_end how
    ) = 0;
    virtual void dial_failed(node_index at, node_index peer) = 0;
    virtual void frame_arrived(
        node_index at,
        node_index from,
        proto::link_instance link,
        const proto::shared_bytes& frame
    ) = 0;
    /// By a full queue, or because the link was down.
    virtual void frame_dropped() = 0;

protected:
    ~network_events() = default;
};

class sim_network {
public:
    /// All references outlive the network.
    sim_network(
        const scenario& settings,
        std::uint64_t seed,
        link_model& links,
        event_schedule& schedule,
        network_events& events
    );

    // --- what a node asks for ---
    void dial(node_index from, node_index to, time_point now);
    /// Dropped when the link is not up, or its queue is full.
    void send(node_index from, node_index to, proto::shared_bytes frame, time_point now);
    /// Closes the link once what was sent is delivered.
    void close(node_index from, node_index to, proto::link_instance link, time_point now);
    /// Asks the other end for an answer, on a link that is up: none ends it soon.
    void check(node_index from, node_index to, time_point now);

    // --- what happens to a node ---
    void power_on(node_index node);
    /// The process is gone. `is_clean`: it closed its links first.
    void power_off(node_index node, detection noticed, bool is_clean, time_point now);
    bool is_on(node_index node) const noexcept { return on_[node]; }
    /// 0: as fast as it comes.
    void set_reading_speed(node_index node, std::uint32_t bytes_per_second);

    /// Call it whenever cuts in the link model came or went.
    void cuts_changed(time_point now);

    /// One of the events of links.
    void handle(const event& what, time_point now);

private:
    using link_index = std::uint32_t;
    using life_number = std::uint32_t;  ///< of a link; 0: none

    /// What one end sends to the other.
    struct lane {
        time_point last_arrival;
        std::uint32_t queued = 0;
        time_point blocked_since;
        std::vector<std::uint32_t> stalled;  ///< slots of frames that wait for a cut to end
    };
    struct end_state {
        node_index node = 0;
        life_number up = 0;
        life_number dialing = 0;
        life_number over = 0;  ///< this life of the link and those before it have ended here
        bool is_deaf = false;
        time_point deaf_since;
        lane out;
    };
    struct link {
        std::array<end_state, 2> ends;
        life_number lives = 0;
    };
    struct link_place {
        link_index link;
        std::uint8_t end;
    };

    link_place place_of(node_index from, node_index to);
    void schedule_at(
        time_point at,
        event_kind kind,
        link_place where,
        life_number life,
        std::uint64_t detail = 0
    );
    void attempt_dial(link_place where, life_number life, std::uint64_t attempt, time_point now);
    void expire_dial(link_place where, life_number life);
    void bring_up(link_place where, life_number life, time_point now);
    void take_down(link_place where, life_number life, proto::link_end how, time_point now);
    void announce_close(link_place of, bool is_clean, time_point at);
    void deliver(link_place where, life_number life, std::uint32_t slot);
    void transmit(link_place from, std::uint32_t slot, time_point sent);

    bool can_hear(link_place where) const;
    void check_hearing(link_place where, time_point now);
    void release_stalled(link_place from, time_point now);
    void forget_stalled(lane& out);

    std::uint32_t store(proto::shared_bytes frame);
    proto::shared_bytes take(std::uint32_t slot);

    transport_settings settings_;
    link_model& model_;
    event_schedule& schedule_;
    network_events& events_;
    draw detection_;

    std::vector<link> links_;
    boost::unordered_flat_map<std::uint64_t, link_index> by_pair_;
    std::vector<std::vector<link_place>> of_node_;  ///< in the order of their first use
    std::vector<bool> on_;
    std::vector<std::uint32_t> reading_speed_;
    std::vector<time_point> reading_until_;
    std::vector<proto::shared_bytes> frames_;  ///< in flight
    std::vector<std::uint32_t> free_slots_;
};

}  // namespace meshhost::sim
