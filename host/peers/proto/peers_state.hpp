// SPDX-License-Identifier: Apache-2.0
#pragma once
// The protocol of `mesh/digest/1`, whole and without IO: who is dialled when, what is said on
// which connection, what is concluded from what is heard, and how a node leaves.
#include "base/prng.hpp"
#include "identity/endpoint_addr.hpp"
#include "identity/secret_key.hpp"
#include "peers/proto/address_book.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/dial_schedule.hpp"
#include "peers/proto/link_table.hpp"
#include "peers/proto/mesh_talk.hpp"
#include "peers/proto/peer_registry.hpp"
#include "peers/proto/peers_output.hpp"
#include "peers/proto/record_verifier.hpp"
#include "peers/proto/self_record.hpp"
#include "peers/proto/sync_exchange.hpp"

#include <deque>
#include <optional>
#include <string>

namespace meshhost::peers::proto {

/// How a connection ended, in the terms of this protocol.
struct link_end {
    std::optional<close_code> code;  ///< the peer closed it, and why
    std::string words;               ///< the evidence, for people
    loss_kind kind = loss_kind::silence;
};

/// A machine: one input, then poll_output() until nullopt, then next_deadline() for the timer.
/// Never blocks, throws or sends; every table has a limit in config.hpp.
class peers_state {
public:
    /// `verifier` outlives it. `incarnation`: see self_record. Its state is `joining` until
    /// set_state().
    peers_state(
        const identity::secret_key& key,
        std::uint64_t incarnation,
        const config& options,
        prng random,
        time_point now,
        record_verifier& verifier = computed_verdicts()
    );
    peers_state(const peers_state&) = delete;  // its parts refer to each other
    peers_state& operator=(const peers_state&) = delete;

    // --- inputs from this node ---

    /// Keep a connection to this peer. Our own id is ignored. False: the registry is full.
    bool name_peer(const identity::endpoint_addr& addr, time_point now);
    /// Named for as long as it was there: it goes like any other when it is gone.
    void unname_peer(const identity::endpoint_id& peer, time_point now);

    /// Errors: see self_record.
    error_code describe(const self_description& what, time_point now);
    error_code set_contribution(const contribution& item, time_point now);
    error_code clear_contribution(std::string_view role, std::string_view key, time_point now);
    void set_state(node_state state, time_point now);
    void set_load(load_class load, time_point now);
    void set_meters(const node_meters& meters);

    /// Tells the peers that this node leaves and closes every link; stopped_output follows.
    void stop(time_point now);

    // --- inputs from the driver ---

    /// A peer opened a connection. The link's number; closed right away when it may not stay.
    /// nullopt: the table is full, close it with `too_many`.
    std::optional<link_id> link_accepted(const identity::endpoint_id& peer, time_point now);
    /// The link's stream is there: of a dial, when it was answered. `remote` is a direct path's.
    void link_ready(link_id link, const std::optional<ip_endpoint>& remote, time_point now);
    void link_received(link_id link, bytes_view data, time_point now);
    void link_blocked(link_id link);
    void link_writable(link_id link, time_point now);
    /// The link's user broke a rule that only the driver sees. The link is closed with `code`.
    void link_fault(link_id link, close_code code, time_point now);
    /// The last word on a link: a dial that failed, or a connection that ended.
    void link_down(link_id link, const link_end& end, time_point now);

    // --- inputs from the mesh: see mesh_talk ---

    void mesh_joined(time_point now);
    void mesh_neighbor_up(const identity::endpoint_id& peer, time_point now);
    void mesh_neighbor_down(
        const identity::endpoint_id& peer,
        bool is_lost,
        time_point now,
        loss_kind how = loss_kind::silence
    );
    void mesh_lagged(const std::vector<identity::endpoint_id>& neighbors, time_point now);
    void mesh_received(bytes_view content, time_point now);
    void mesh_sync_received(sync_exchange& exchange, bytes_view data, time_point now);
    void mesh_sync_ended(bool had_news, time_point now);
    sync_exchange make_exchange(const identity::endpoint_id& peer);

    /// A timer of this host ran `late` after it was due: what it concludes from silence may be its
    /// own fault. Before handle_deadline().
    void local_lag(duration late, time_point now) { mesh_.lagged_behind(late, now); }

    // --- the machine ---

    std::optional<peers_output> poll_output();
    std::optional<time_point> next_deadline() const;
    void handle_deadline(time_point now);
    void check_invariants() const;

    // --- what it knows ---

    const node_digest& self() const noexcept { return self_.digest(); }
    const peer_registry& registry() const noexcept { return registry_; }
    const dial_schedule& schedule() const noexcept { return schedule_; }
    const config& options() const noexcept { return options_; }
    const link_table& links() const noexcept { return links_; }
    const mesh_talk& mesh() const noexcept { return mesh_; }

private:
    void receive(digest_link& link, const digest_message& message, time_point now);
    void receive_record(digest_link& link, bytes_view record, time_point now);
    void take_record(
        digest_link& link,
        const node_digest& digest,
        bytes_view record,
        time_point now
    );
    void welcome(
        digest_link& link,
        const node_digest& digest,
        std::uint64_t incarnation,
        time_point now
    );
    void conclude(const digest_link& link, const link_end& end, time_point now);

    void close(digest_link& link, close_code code, std::string reason);
    void close(digest_link& link, close_code code) { close(link, code, to_string(code)); }
    void resolve_duplicates(const identity::endpoint_id& peer);
    void forget(const identity::endpoint_id& peer);

    void settle(time_point now);
    void start_dials(time_point now);
    void send_frames(time_point now);
    void talk_to_mesh(time_point now);
    void report_changes();
    void finish_leaving(time_point now);

    config options_;
    record_verifier& verifier_;
    self_record self_;
    peer_registry registry_;
    address_book addresses_;
    dial_schedule schedule_;
    link_table links_;
    mesh_talk mesh_;
    std::deque<peers_output> outputs_;
    std::uint64_t reported_revision_ = 0;
    std::optional<time_point> leave_by_;
    bool is_stopped_ = false;
};

}  // namespace meshhost::peers::proto
