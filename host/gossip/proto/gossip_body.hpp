// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a gossip_state consists of. Its topics refer to it, so it stays where it is when the
// gossip_state is moved.
#include "gossip/proto/correction_log.hpp"
#include "gossip/proto/gossip_state.hpp"
#include "gossip/proto/link_table.hpp"
#include "gossip/proto/topic_state.hpp"

#include <boost/container/flat_map.hpp>

namespace meshhost::gossip::proto {

class gossip_state::body final : private topic_sink {
public:
    body(
        const identity::endpoint_id& self,
        const config& options,
        id_cache& ids,
        prng random,
        time_point now
    );

    error_code join(
        const identity::topic_id& topic,
        std::span<const identity::endpoint_id> bootstrap,
        time_point now
    );
    void leave(const identity::topic_id& topic, time_point now);
    error_code broadcast(
        const identity::topic_id& topic,
        bytes_view content,
        const broadcast_options& how,
        time_point now
    );
    error_code set_peer_data(bytes_view data);
    void suggest_peers(
        const identity::topic_id& topic,
        std::span<const identity::endpoint_id> peers,
        time_point now
    );

    void link_up(const identity::endpoint_id& peer, link_instance link, time_point now);
    void link_down(
        const identity::endpoint_id& peer,
        link_instance link,
        link_end how,
        time_point now
    );
    void dial_failed(const identity::endpoint_id& peer, time_point now);
    void received(
        const identity::endpoint_id& peer,
        link_instance link,
        const identity::topic_id& topic,
        bytes_view frame_body,
        time_point now
    );
    void set_rtt(const identity::endpoint_id& peer, duration rtt);

    std::optional<gossip_output> poll_output();
    std::optional<time_point> next_deadline() const;
    void handle_deadline(time_point now);
    void check_invariants() const;

    const identity::endpoint_id& self() const noexcept { return self_; }
    const topic_state* find(const identity::topic_id& topic) const noexcept;
    state_probe probe() const;

private:
    topic_state* find(const identity::topic_id& topic) noexcept;
    void correct_outsider(
        const identity::endpoint_id& peer,
        const identity::topic_id& topic,
        bytes_view frame_body
    );
    void put(send_output frame);
    void emit(send_output frame);
    void want(const identity::endpoint_id& peer, bool is_urgent);
    peer_link* require_link(const identity::endpoint_id& peer);
    bool drop_idle_link();
    void give_up_dial();
    void review_links();
    bool review(const identity::endpoint_id& peer);
    bool is_neighbor(const identity::endpoint_id& peer) const noexcept;
    bool is_needed(const identity::endpoint_id& peer) const noexcept;
    /// What an input to one topic may have brought forward.
    void hasten(const topic_state& topic) noexcept;
    void find_deadline() noexcept;

    void send(
        const identity::topic_id& topic,
        const identity::endpoint_id& to,
        const message& what,
        const extension& after,
        bool is_last
    ) override;
    void send_payload(
        const identity::topic_id& topic,
        const identity::endpoint_id& to,
        const shared_bytes& frame,
        urgency how
    ) override;
    void tell(gossip_output what) override { outputs_.push(std::move(what)); }
    link_phase link_of(const identity::endpoint_id& peer) const override;
    void hurry(const identity::endpoint_id& peer) override;
    duration round_trip(const identity::endpoint_id& peer) const override;

    identity::endpoint_id self_;
    config options_;
    id_cache& ids_;
    prng random_;
    time_point now_;  ///< of the input that is being handled
    shared_bytes self_data_;
    link_table links_;
    correction_log corrections_;  ///< to members of topics that we are no member of
    std::vector<identity::endpoint_id> failed_dials_;  ///< where config says never to dial again
    boost::container::flat_map<identity::topic_id, std::unique_ptr<topic_state>> topics_;
    fifo<gossip_output> outputs_;
    byte_buffer scratch_;  ///< a frame that is being written
    traffic_counts sent_{};
    traffic_counts received_{};
    std::uint64_t oversize_ = 0;
    time_point deadline_ = no_deadline;  ///< never later than the next one
};

}  // namespace meshhost::gossip::proto
