// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who is there: keeps connections to the peers it knows, tells them about this node and hears
// about theirs. A driver: proto::peers_state decides, this moves bytes and arms the timer.
#include "base/error.hpp"
#include "base/log_budget.hpp"
#include "identity/secret_key.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "peers/mesh_driver.hpp"
#include "peers/peer_link.hpp"
#include "peers/peer_view.hpp"
#include "peers/peers_observer.hpp"
#include "peers/probe.hpp"
#include "peers/proto/peers_state.hpp"
#include "transport/accept_route.hpp"
#include "transport/endpoint.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace meshhost::peers {

inline constexpr std::string_view digest_alpn = "mesh/digest/1";

struct peers_options {
    identity::secret_key key;       ///< the endpoint's
    std::uint64_t incarnation = 0;  ///< larger than at the last start: Unix milliseconds
    std::uint64_t seed = 0;         ///< of the jitter between dials
    duration idle_timeout = 30s;    ///< the endpoint's, for the words of evidence
    proto::config limits;
    logger log;
    /// Over which the hosts of the mesh hear of each other; outlives the service. Null: this host
    /// knows only whom it is connected to.
    gossip::gossip_service* gossip = nullptr;
    byte_buffer mesh_secret;  ///< shared by the hosts of the mesh; empty: the name is enough
};

/// Lifecycle: make it, describe this node, start(), use it, async_stop(), destroy it after
/// on_stopped or after the endpoint is closed. Owned by the composition root. One thread: the
/// shard's. `shard`, `endpoint` and observers outlive it.
class peers_service final : private net::deadline_sink,
                            private peer_link_sink,
                            private mesh_driver_sink {
public:
    peers_service(net::shard& shard, transport::endpoint& endpoint, peers_options options);
    peers_service(const peers_service&) = delete;
    peers_service& operator=(const peers_service&) = delete;
    ~peers_service();

    /// Accepts connections and starts to dial.
    void start();
    /// Tells the peers that we leave, then closes in order; at most config::leave_wait and the
    /// transport's own closing. Observers hear on_stopped. Idempotent.
    void async_stop();

    /// Keeps a connection to this peer from start() on, and finds the mesh through it if named
    /// before. False: the registry is full.
    bool name_peer(const identity::endpoint_addr& addr);
    /// Of one that was named because it was found, and is not there any more, or elsewhere.
    void unname_peer(const identity::endpoint_id& peer);

    // What this node says of itself. Changes are sent when there are any, merged within
    // config::record_gap. A refused one leaves everything as it was.
    // Errors: proto::errc, too_large among them: everything together must fit a record.
    error_code set_self(const proto::self_description& what);
    error_code set_contribution(const proto::contribution& item);
    error_code clear_contribution(std::string_view role, std::string_view key);
    void set_state(proto::node_state state);
    /// How much of its means it uses, see proto::load_tracker.
    void set_load(proto::load_class load);
    /// Figures of the moment; told to others only by a host that emits its record on a clock.
    void set_meters(const proto::node_meters& meters);

    const proto::node_digest& self() const noexcept { return state_.self(); }
    /// Every known peer, in the order of their ids.
    std::vector<peer_view> snapshot() const;
    std::optional<peer_view> find(const identity::endpoint_id& peer) const;

    void add_observer(peers_observer& observer) { observers_.push_back(&observer); }
    void remove_observer(peers_observer& observer);

    /// The topic on which digests travel; nullopt without gossip.
    std::optional<identity::topic_id> topic() const;

    probe measure() const;

    // For the audit.
    /// The connections that are this room's, comparisons with neighbours included.
    std::vector<const transport::connection*> owned() const;
    /// What must hold between the tables.
    std::vector<invariant> invariants() const;

private:
    void on_deadline(time_point now) override;
    void on_mesh_turn() override { turn(); }
    void on_mesh_neighbor_up(const identity::endpoint_id& peer) override;
    void on_mesh_neighbor_down(const identity::endpoint_id& peer, bool is_lost) override;
    void on_mesh_lagged() override;
    void on_link_connected(proto::link_id link) override;
    void on_link_stream(proto::link_id link, std::shared_ptr<transport::stream> opened) override;
    void on_link_data(proto::link_id link, bytes_view data) override;
    void on_link_writable(proto::link_id link) override;
    void on_link_ended(proto::link_id link, const transport::close_reason* reason) override;

    void accept(std::shared_ptr<transport::connection> incoming);
    void become_ready(peer_link& link, proto::link_id id);
    void tell_dialled(peer_link& link, const transport::close_reason* why);

    void turn();
    void perform(const proto::dial_output& dial);
    void perform(const proto::send_output& send);
    void perform(const proto::close_output& close);
    void perform(const proto::broadcast_output& broadcast);
    void perform(const proto::sync_output& sync);
    void perform(const proto::check_output& check);
    void perform(const proto::peer_changed_output& changed);
    void perform(const proto::peer_forgotten_output& forgotten);
    void perform(const proto::self_changed_output&);
    void perform(const proto::overruled_output& overruled);
    void perform(const proto::stopped_output&);

    peer_link_sink& sink() noexcept { return *this; }
    peer_view view_of(const proto::peer_entry& entry) const;
    void introduce(const peer_entry& peer);
    bool is_bootstrap(const identity::endpoint_id& peer) const;
    void count_registry(probe& figures) const;

    net::shard& shard_;
    transport::endpoint& endpoint_;
    duration idle_timeout_;
    logger log_;
    proto::peers_state state_;
    net::deadline_timer timer_;
    time_point armed_for_ = no_deadline;            ///< when it should go off
    std::optional<transport::accept_route> route_;  ///< once started
    std::optional<mesh_driver> mesh_;
    byte_buffer mesh_secret_;
    std::vector<identity::endpoint_addr> bootstrap_;
    std::set<identity::endpoint_id> introduced_;  ///< to the gossip; of the registry's
    std::map<proto::link_id, std::shared_ptr<peer_link>> links_;
    std::vector<peers_observer*> observers_;
    log_budget log_budget_;
    probe counters_;  ///< only what is counted; measure() adds what is held
    bool is_draining_ = false;
};

}  // namespace meshhost::peers
