// SPDX-License-Identifier: Apache-2.0
#pragma once
// One topic of this endpoint: its views and its tree, and who may speak in it.
#include "gossip/proto/hyparview.hpp"
#include "gossip/proto/plumtree.hpp"

namespace meshhost::gossip::proto {

/// What a topic asks of the state that holds it.
class topic_sink {
public:
    virtual void send(
        const identity::topic_id& topic,
        const identity::endpoint_id& to,
        const message& what,
        const extension& after,
        bool is_last
    ) = 0;
    virtual void send_payload(
        const identity::topic_id& topic,
        const identity::endpoint_id& to,
        const shared_bytes& frame,
        urgency how
    ) = 0;
    virtual void tell(gossip_output what) = 0;
    virtual link_phase link_of(const identity::endpoint_id& peer) const = 0;
    virtual void hurry(const identity::endpoint_id& peer) = 0;
    virtual duration round_trip(const identity::endpoint_id& peer) const = 0;

protected:
    ~topic_sink() = default;
};

/// Not movable: its machines hold references to it. The sink and the generator outlive it.
class topic_state final : private membership_sink, private broadcast_sink {
public:
    topic_state(
        const identity::topic_id& id,
        const identity::endpoint_id& self,
        const config& options,
        topic_sink& sink,
        prng& random,
        time_point now
    );
    topic_state(const topic_state&) = delete;
    topic_state& operator=(const topic_state&) = delete;

    hyparview& views() noexcept { return views_; }
    const hyparview& views() const noexcept { return views_; }

    error_code broadcast(bytes_view content, const broadcast_options& how, time_point now);
    /// Whether a frame of this kind is worth reading. Who is no neighbour and sends what goes
    /// between neighbours is told so.
    bool is_welcome(const identity::endpoint_id& from, message_kind kind, time_point now);
    /// Precondition: it is welcome.
    void received(
        const identity::endpoint_id& from,
        const message& what,
        const extension& after,
        time_point now
    );

    time_point next_deadline() const noexcept;
    void handle_deadline(time_point now);
    void check_invariants() const;
    topic_probe probe() const;

private:
    void send(
        const identity::endpoint_id& to,
        const message& what,
        const extension& after,
        bool is_last
    ) override;
    void neighbor_up(const identity::endpoint_id& peer) override;
    void neighbor_down(const identity::endpoint_id& peer, down_reason why) override;
    void heard_of(const peer_info& peer) override;
    link_phase link_of(const identity::endpoint_id& peer) const override;
    void hurry(const identity::endpoint_id& peer) override { sink_.hurry(peer); }

    void send_repair(const identity::endpoint_id& to, const message& what, const extension& after)
        override;
    void send_payload(const identity::endpoint_id& to, const shared_bytes& frame, urgency how)
        override;
    void deliver(message_output what) override;
    duration round_trip(const identity::endpoint_id& peer) const override;

    identity::topic_id id_;
    const config& options_;
    topic_sink& sink_;
    topic_counts counts_;
    hyparview views_;
    plumtree tree_;
};

}  // namespace meshhost::gossip::proto
