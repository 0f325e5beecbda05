// SPDX-License-Identifier: Apache-2.0
#pragma once
// Broadcast to everybody who shares a topic, over connections to a few of them, as iroh-gossip
// does it. A driver: proto::gossip_state decides, this dials, moves frames and arms the timer.
#include "base/log_budget.hpp"
#include "gossip/dial_queue.hpp"
#include "gossip/errc.hpp"
#include "gossip/known_addresses.hpp"
#include "gossip/message_tracer.hpp"
#include "gossip/peer_link.hpp"
#include "gossip/probe.hpp"
#include "gossip/proto/gossip_state.hpp"
#include "gossip/subscriber_table.hpp"
#include "transport/accept_route.hpp"
#include "transport/endpoint.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meshhost::gossip {

/// Of iroh-gossip since 0.36. The same throughout a mesh.
inline constexpr std::string_view gossip_alpn = "/iroh-gossip/1";

struct gossip_options {
    std::string alpn{gossip_alpn};
    std::uint64_t seed = 0;  ///< of every draw the machines make
    proto::config machines;
    service_limits limits;
    logger log;
};

/// Knows where peers are from elsewhere, and is asked at each dial.
class address_source {
public:
    /// Adds what it knows of to.id.
    virtual void add_addresses(identity::endpoint_addr& to) const = 0;

protected:
    ~address_source() = default;
};

/// Who waits for the service's end.
class gossip_observer {
public:
    /// After async_stop(): every neighbour was told, every connection is closed or given up.
    virtual void on_gossip_stopped() = 0;

protected:
    ~gossip_observer() = default;
};

/// Lifecycle: make it, start(), use it, async_stop(), destroy it after on_gossip_stopped or after
/// the endpoint is closed. Owned by the composition root. One thread: the shard's. `shard`,
/// `endpoint`, the address source and subscribers outlive it.
class gossip_service final : private net::deadline_sink, private peer_connection_sink {
public:
    gossip_service(net::shard& shard, transport::endpoint& endpoint, gossip_options options);
    gossip_service(const gossip_service&) = delete;
    gossip_service& operator=(const gossip_service&) = delete;
    ~gossip_service();

    /// Accepts connections and dials.
    void start();
    /// Leaves every topic, gives its last frames service_limits::stop_wait, then closes.
    /// Idempotent.
    void async_stop(gossip_observer& observer);

    /// Joins the topic, the first time, through `bootstrap`; again: more of them. Starts with
    /// what comes from now on: there is no history.
    /// Errors: proto::errc::too_many_topics, errc::too_many_subscribers, errc::stopping.
    result<std::shared_ptr<subscription>> subscribe(
        const identity::topic_id& topic,
        const std::vector<identity::endpoint_addr>& bootstrap,
        gossip_subscriber& subscriber
    );
    /// Ends a subscription; the last one's end leaves the topic.
    void leave(subscription& ended);

    /// To everybody in the topic, which must be subscribed to.
    /// Errors: those of proto::gossip_state::broadcast.
    error_code broadcast(
        const identity::topic_id& topic,
        bytes_view content,
        const proto::broadcast_options& how = {}
    );

    /// More peers through whom a topic may be found that is subscribed to. Wherever they are.
    void add_contacts(
        const identity::topic_id& topic,
        const std::vector<identity::endpoint_id>& peers
    );

    /// Members heard of elsewhere: for when this part of the mesh has lost the other.
    void suggest_peers(
        const identity::topic_id& topic,
        const std::vector<identity::endpoint_id>& peers
    );

    /// Asks the peer at once whether it is there, if there is a link to it: somebody misses it.
    void probe_peer(const identity::endpoint_id& peer);

    /// Neighbours in the topic; 0 when it is not subscribed to.
    std::size_t degree(const identity::topic_id& topic) const noexcept {
        return state_.degree(topic);
    }

    /// Everything known of where the peer may be.
    identity::endpoint_addr address_of(const identity::endpoint_id& peer) const;
    void set_address_source(const address_source* source) noexcept { source_ = source; }
    /// nullptr: no message is followed.
    void set_tracer(message_tracer* tracer) noexcept { tracer_ = tracer; }
    /// Where this endpoint is may have changed: peers are told from now on.
    void refresh_address();

    probe measure() const;
    // For the audit.
    /// The connections that are this room's.
    std::vector<const transport::connection*> owned() const;
    /// Peers with a link, in the order of their ids.
    std::vector<identity::endpoint_id> linked() const;
    /// What must hold between the tables.
    std::vector<invariant> invariants() const;
    /// nullopt when the topic is not subscribed to.
    std::optional<proto::topic_probe> measure(const identity::topic_id& topic) const {
        return state_.probe(topic);
    }

private:
    using link_map = std::map<identity::endpoint_id, peer_link>;

    // net::deadline_sink
    void on_deadline(time_point now) override;
    // peer_connection_sink
    void on_connected(peer_connection& connection) override;
    void on_frame(peer_connection& from, const identity::topic_id& topic, bytes_view body) override;
    void on_fault(peer_connection& connection, error_code error) override;
    void on_room(peer_connection& connection) override;
    void on_worn_out(peer_connection& connection) override;
    void on_ended(peer_connection& connection, const transport::close_reason& reason) override;

    void accept(std::shared_ptr<transport::connection> incoming);
    void join(std::shared_ptr<peer_connection> connection);
    std::shared_ptr<peer_connection> make_connection(
        const identity::endpoint_id& peer,
        bool dialled
    );
    peer_link* find(const identity::endpoint_id& peer);
    void end_link(
        link_map::iterator link,
        proto::link_end how,
        close_code code = close_code::in_order
    );
    void abort_link(const identity::endpoint_id& peer, close_code code, const std::string& why);

    void turn();
    void start_dials(time_point now);
    void perform(const proto::send_output& send);
    void perform(const proto::want_link_output& want);
    void perform(const proto::drop_link_output& drop);
    void perform(const proto::neighbor_up_output& up);
    void perform(const proto::neighbor_down_output& down);
    void perform(const proto::message_output& message);
    void perform(const proto::peer_addr_output& heard);
    void perform(const proto::protocol_violation_output& violation);

    void finish_stopping();

    net::shard& shard_;
    transport::endpoint& endpoint_;
    std::string alpn_;
    service_limits limits_;
    logger log_;
    proto::id_cache ids_;
    proto::gossip_state state_;
    net::deadline_timer timer_;
    std::optional<transport::accept_route> route_;  ///< once started
    const address_source* source_ = nullptr;
    message_tracer* tracer_ = nullptr;
    known_addresses addresses_;
    dial_queue dials_;
    subscriber_table subscribers_;
    link_map links_;
    /// Every connection until its end: dialled, serving, closing.
    std::map<const peer_connection*, std::shared_ptr<peer_connection>> connections_;
    std::uint64_t last_instance_ = 0;
    probe counters_;  ///< only what is counted; measure() adds what is held
    log_budget log_budget_;
    gossip_observer* stop_observer_ = nullptr;
    std::optional<time_point> stop_due_;
    bool is_draining_ = false;
};

}  // namespace meshhost::gossip
