// SPDX-License-Identifier: Apache-2.0
#pragma once
// Plumtree (Leitao, Pereira, Rodrigues, SRDS 2007) as iroh-gossip speaks it: messages go in full
// along a tree of *eager* neighbours and are announced to the *lazy* ones, who ask for what the
// tree did not bring. What it does otherwise is behind the knobs of config.hpp.
#include "base/prng.hpp"
#include "gossip/proto/config.hpp"
#include "gossip/proto/gossip_probe.hpp"
#include "gossip/proto/message_store.hpp"
#include "gossip/proto/missing_table.hpp"
#include "gossip/proto/tree_shaper.hpp"

#include <optional>
#include <span>
#include <vector>

namespace meshhost::gossip::proto {

/// What the broadcast asks of its topic.
class broadcast_sink {
public:
    virtual void send_repair(
        const identity::endpoint_id& to,
        const message& what,
        const extension& after
    ) = 0;
    /// A frame that goes to many.
    virtual void send_payload(
        const identity::endpoint_id& to,
        const shared_bytes& frame,
        urgency how
    ) = 0;
    virtual void deliver(message_output what) = 0;
    /// Of the peer's link; the configured guess until it was measured.
    virtual duration round_trip(const identity::endpoint_id& peer) const = 0;

protected:
    ~broadcast_sink() = default;
};

/// One topic's tree. Everything that it holds is bounded by config and limits. The sink and the
/// counts are borrowed for its life.
class plumtree {
public:
    plumtree(
        const identity::endpoint_id& self,
        const config& options,
        broadcast_sink& sink,
        topic_counts& counts
    );

    // --- inputs ---

    void neighbor_up(const identity::endpoint_id& peer);
    void neighbor_down(const identity::endpoint_id& peer);

    /// Precondition: content.size() <= content_size_max. Errors: repeated.
    error_code broadcast(bytes_view content, const broadcast_options& how, time_point now);

    void on(
        const identity::endpoint_id& from,
        const gossip_message& m,
        const extension&,
        time_point
    );
    void on(const identity::endpoint_id& from, const prune_message&, const extension&, time_point);
    void on(
        const identity::endpoint_id& from,
        const graft_message& m,
        const extension&,
        time_point
    );
    void on(
        const identity::endpoint_id& from,
        const ihave_message& m,
        const extension&,
        time_point
    );

    time_point next_deadline() const noexcept;
    void handle_deadline(time_point now);
    void check_invariants() const;

    // --- what it knows ---

    struct pending_announcement {
        announcement what;
        time_point since;
        time_point due;
    };
    struct neighbor {
        identity::endpoint_id id;
        bool is_eager = true;
        unsigned wins = 0;          ///< messages in a row that it announced well before they came
        bool is_redundant = false;  ///< the message that may shape the tree came from it, too late
        std::vector<pending_announcement> announced;  ///< of the next IHave, oldest first
        time_point announce_at = no_deadline;
    };
    std::span<const neighbor> neighbors() const noexcept { return neighbors_; }
    void measure(topic_sizes& sizes) const noexcept;

private:
    neighbor* find(const identity::endpoint_id& peer) noexcept;
    void set_eager(const identity::endpoint_id& peer, bool is_eager);
    void keep(
        const identity::content_hash& id,
        const shared_bytes& frame,
        urgency how,
        const identity::endpoint_id* from,
        time_point now
    );
    void spread(
        const gossip_message& m,
        const shared_bytes& frame,
        urgency how,
        const identity::endpoint_id* except,
        time_point now
    );
    void came_again(const identity::endpoint_id& from, const identity::content_hash& id);
    void stand(const identity::content_hash& id, const identity::endpoint_id* from, time_point now);
    void cut_redundant(time_point now);
    duration shaping_window() const;
    bool is_timely(const identity::content_hash& id, urgency how) const;

    void announce(neighbor& to, const announcement& what, urgency how, time_point now);
    void announce_now(neighbor& to, time_point now);
    void retract(neighbor& from, const identity::content_hash& id);
    duration announce_delay(const neighbor& to, const announcement& what, urgency how) const;
    void deliver(
        const identity::endpoint_id& from,
        const gossip_message& m,
        const extension& after,
        shared_bytes content,
        duration waited = duration::zero()
    );
    void exchange_branch(
        const identity::endpoint_id& sender,
        const missing_message& announced,
        time_point now
    );
    void optimize(
        const identity::endpoint_id& sender,
        const gossip_message& m,
        const missing_message& announced,
        time_point now
    );
    void graft(const identity::content_hash& id, time_point now);
    duration first_wait(const identity::endpoint_id& peer) const;
    duration next_wait(const identity::endpoint_id& peer) const;

    identity::endpoint_id self_;
    const config& options_;
    broadcast_sink& sink_;
    topic_counts& counts_;
    std::vector<neighbor> neighbors_;
    message_store store_;
    missing_table missing_;
    tree_shaper shaper_;
    std::optional<identity::endpoint_id> shaped_by_;  ///< who brought the message that may shape it
    std::size_t announced_ = 0;                       ///< in all neighbours' lists
};

}  // namespace meshhost::gossip::proto
