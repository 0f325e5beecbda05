// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a simulated host knows of the others: drives a peers machine as the service on real sockets
// does, above a node's gossip.
#include "peers/proto/peers_state.hpp"
#include "sim/event.hpp"
#include "sim/identity_pool.hpp"
#include "sim/scenario.hpp"

#include <memory>
#include <optional>

namespace meshhost::sim {

/// What members ask of the run.
class member_events {
public:
    virtual void member_says(node_index by, bytes_view content, bool is_urgent) = 0;
    virtual void member_compares(node_index by, node_index with) = 0;
    /// Whether `whom` still answers on a connection that there is.
    virtual void member_checks(node_index by, node_index whom) = 0;
    /// What `by` concludes of `whom` changed.
    virtual void member_judges(node_index by, node_index whom, peers::proto::peer_state state) = 0;
    /// What it says of itself has another number than before.
    virtual void member_signs(node_index by, const peers::proto::digest_version& version) = 0;
    /// From now on member::version_of() says so (called more often than it changes).
    virtual void member_knows(
        node_index by,
        node_index whom,
        const std::optional<peers::proto::digest_version>& version
    ) = 0;
    virtual void member_deadline(node_index of, time_point at) = 0;

protected:
    ~member_events() = default;
};

class member {
public:
    /// References outlive it.
    member(
        node_index self,
        const identity_pool& identities,
        peers::proto::record_verifier& verifier,
        member_events& events
    )
        : self_(self)
        , identities_(identities)
        , verifier_(verifier)
        , events_(events) {}

    bool is_on() const noexcept { return machine_ != nullptr; }

    void start(const peers::proto::config& options, prng random, time_point now);
    /// Says that it leaves; stop() follows when that is out.
    void leave(time_point now);
    void stop() { machine_.reset(); }

    /// Something that goes into its digest is another than before.
    void change(time_point now);
    void timer(time_point armed, time_point now);
    void heard(bytes_view content, time_point now);
    void neighbor_up(node_index peer, time_point now);
    void neighbor_down(node_index peer, bool is_lost, time_point now);

    // --- comparisons; see sync_fabric ---
    peers::proto::sync_exchange make_exchange(node_index peer);
    void sync_received(peers::proto::sync_exchange& exchange, bytes_view data, time_point now);
    void sync_ended(bool had_news, time_point now);

    // Precondition of all below: is_on().
    const peers::proto::peers_state& machine() const { return *machine_; }
    /// The newest that it has of another; nullopt: none, or it counts that one as gone.
    std::optional<peers::proto::digest_version> version_of(node_index other) const;

private:
    void settle(time_point now);
    void act(const peers::proto::broadcast_output& out);
    void act(const peers::proto::sync_output& out);
    void act(const peers::proto::check_output& out);
    void act(const peers::proto::peer_changed_output& out);
    void act(const peers::proto::peer_forgotten_output& out);
    template <class Other>
    void act(const Other&) {}

    node_index self_;
    const identity_pool& identities_;
    peers::proto::record_verifier& verifier_;
    member_events& events_;
    std::unique_ptr<peers::proto::peers_state> machine_;
    std::uint64_t starts_ = 0;
    std::int64_t changes_ = 0;
    peers::proto::digest_version told_;  ///< of its own numbers
    std::optional<time_point> armed_;
};

}  // namespace meshhost::sim
