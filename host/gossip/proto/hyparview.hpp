// SPDX-License-Identifier: Apache-2.0
#pragma once
// HyParView (Leitao, Pereira, Rodrigues, DSN 2007) as iroh-gossip speaks it: the neighbours and
// the reserve of one topic, how a newcomer gets in, and how whoever is lost is replaced. What it
// does otherwise than iroh-gossip is behind the knobs of config.hpp.
#include "base/backoff.hpp"
#include "base/token_bucket.hpp"
#include "gossip/proto/component_mark.hpp"
#include "gossip/proto/config.hpp"
#include "gossip/proto/correction_log.hpp"
#include "gossip/proto/gossip_probe.hpp"
#include "gossip/proto/heal_list.hpp"
#include "gossip/proto/message.hpp"
#include "gossip/proto/peer_view.hpp"
#include "gossip/proto/request_table.hpp"
#include "gossip/proto/trickle.hpp"

namespace meshhost::gossip::proto {

enum class link_phase : std::uint8_t { none, dialing, up };

/// What the views ask of their topic.
class membership_sink {
public:
    virtual void send(
        const identity::endpoint_id& to,
        const message& what,
        const extension& after,
        bool is_last
    ) = 0;
    virtual void neighbor_up(const identity::endpoint_id& peer) = 0;
    virtual void neighbor_down(const identity::endpoint_id& peer, down_reason why) = 0;
    /// Its addresses are new to us, or will be needed now.
    virtual void heard_of(const peer_info& peer) = 0;
    virtual link_phase link_of(const identity::endpoint_id& peer) const = 0;
    /// The dial of the peer must not wait long. Nothing, unless it is under way.
    virtual void hurry(const identity::endpoint_id& peer) = 0;

protected:
    ~membership_sink() = default;
};

/// One topic's views. Everything that it holds is bounded by config and limits. The sink, the
/// generator and the counts are borrowed for its life.
class hyparview {
public:
    hyparview(
        const identity::endpoint_id& self,
        const config& options,
        membership_sink& sink,
        prng& random,
        topic_counts& counts,
        time_point now
    );

    // --- inputs ---

    void join(std::span<const identity::endpoint_id> bootstrap, time_point now);
    void suggest(std::span<const identity::endpoint_id> peers, time_point now);
    /// Says goodbye to every neighbour.
    void leave(time_point now);
    void set_self_data(const shared_bytes& data) { self_data_ = data; }

    void link_up(const identity::endpoint_id& peer, time_point now);
    void link_down(const identity::endpoint_id& peer, link_end how, time_point now);
    void dial_failed(const identity::endpoint_id& peer, time_point now);

    void on(const identity::endpoint_id& from, const join_message& m, const extension&, time_point);
    void on(
        const identity::endpoint_id& from,
        const forward_join_message& m,
        const extension&,
        time_point
    );
    void on(
        const identity::endpoint_id& from,
        const shuffle_message& m,
        const extension&,
        time_point
    );
    void on(
        const identity::endpoint_id& from,
        const shuffle_reply_message& m,
        const extension&,
        time_point
    );
    void on(
        const identity::endpoint_id& from,
        const neighbor_message& m,
        const extension&,
        time_point
    );
    void on(
        const identity::endpoint_id& from,
        const disconnect_message& m,
        const extension&,
        time_point
    );
    /// A message came from somebody who takes us for a neighbour and is none.
    void correct_stranger(const identity::endpoint_id& peer, time_point now);

    time_point next_deadline() const noexcept;
    void handle_deadline(time_point now);
    void check_invariants() const;

    // --- what it knows ---

    const peer_view& active() const noexcept { return active_; }
    const peer_view& passive() const noexcept { return passive_; }
    const request_table& requests() const noexcept { return requests_; }
    const heal_list& candidates() const noexcept { return heal_; }
    /// Whether the topic needs its link to the peer.
    bool needs(const identity::endpoint_id& peer) const noexcept;

private:
    // hyparview.cpp: who comes and who goes
    bool add_active(const peer_info& peer, priority how, bool is_own_choice, bool is_heal);
    bool make_room(const peer_info& peer, priority how, bool is_own_choice, bool is_heal);
    bool admits(const identity::endpoint_id& peer, priority how, bool is_heal);
    void remove_active(const identity::endpoint_id& peer, down_reason why, bool keep_in_reserve);
    void refuse(const identity::endpoint_id& peer);
    void say_goodbye(const identity::endpoint_id& peer, bool is_alive);
    void add_passive(const peer_info& peer);
    void learn(view_entry& entry, bytes_view data);
    shuffle_reply_message others_than(const identity::endpoint_id& peer);
    bool is_full() const noexcept { return carriers() >= options_.membership.active_max; }

    // hyparview_observers.cpp: who hears, and carries nothing
    std::size_t observers() const noexcept;
    std::size_t carriers() const noexcept;
    void admit_observer(const peer_info& peer, priority how);

    // hyparview_repair.cpp: what is asked of others
    enum class purpose : std::uint8_t { join, refill, heal };
    void ask(const peer_info& peer, priority how, purpose why);
    void reply(const identity::endpoint_id& peer, priority how, bool is_heal);
    void refill(const identity::endpoint_id* except);
    void starve();
    bool may_dial(const identity::endpoint_id& named);
    void refused(const neighbor_request& request);
    void expire_requests();
    void forget_unreachable(const identity::endpoint_id& peer);
    void be_polite(const identity::endpoint_id& peer);
    void rejoin();
    void watch_isolation();
    void probe();
    void finish_probe(const shuffle_reply_message& m, const extension& after);
    void merge_mark(bytes_view mark);
    void announce_mark();
    void join_some(std::vector<identity::endpoint_id> contacts, std::size_t count);
    void send_join(const identity::endpoint_id& peer);
    void forget_join(const identity::endpoint_id& peer) noexcept;
    bool awaits_join(const identity::endpoint_id& peer) const noexcept;

    // hyparview_shuffle.cpp: exchanging views
    void shuffle();
    void mix();
    shuffle_message make_shuffle(const identity::endpoint_id& target, std::uint16_t ttl);
    void accept_shuffle(const shuffle_message& m, bool is_trusted);
    bool forward_shuffle(const identity::endpoint_id& from, const shuffle_message& m);
    bool expects_nodes_of(const identity::endpoint_id& peer);
    void change_pace();

    extension own_extension() const noexcept;
    void send(const identity::endpoint_id& to, const message& what, bool is_last = false);
    std::size_t prefix_max(std::size_t view_max) const noexcept;

    identity::endpoint_id self_;
    const config& options_;
    membership_sink& sink_;
    prng& random_;
    topic_counts& counts_;
    time_point now_;  ///< of the input that is being handled

    shared_bytes self_data_;
    peer_view active_;
    peer_view passive_;
    request_table requests_;
    std::vector<identity::endpoint_id> polite_;  ///< took leave; for drops_closed_reserve
    std::vector<identity::endpoint_id> bootstrap_;
    std::vector<identity::endpoint_id> hearsay_;  ///< dialled because a neighbour named them
    token_bucket admissions_;
    int refill_attempts_;  ///< left until a shuffle or a loss
    int mixes_left_;

    trickle shuffle_pace_;
    std::size_t replies_expected_ = 0;  ///< of shuffles of ours, from whoever their walk ends at
    backoff rejoin_wait_;
    time_point rejoin_at_ = no_deadline;
    heal_list heal_;
    time_point probe_at_ = no_deadline;
    std::optional<identity::endpoint_id> probed_;  ///< a named candidate that was asked
    component_mark mark_;
    time_point mark_at_ = no_deadline;  ///< when to tell the neighbours of a new mark

    struct join_attempt {
        identity::endpoint_id peer;
        time_point at;
    };
    std::vector<join_attempt> joins_;  ///< asked to let us in, lately
    correction_log corrections_;
};

}  // namespace meshhost::gossip::proto
