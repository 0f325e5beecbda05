// SPDX-License-Identifier: Apache-2.0
#pragma once
// iroh-gossip's protocol, whole and without IO: all topics of one endpoint over one link to each
// peer. HyParView keeps the neighbours of a topic, Plumtree spreads messages among them.
#include "base/prng.hpp"
#include "gossip/proto/config.hpp"
#include "gossip/proto/gossip_output.hpp"
#include "gossip/proto/gossip_probe.hpp"
#include "gossip/proto/id_cache.hpp"

#include <memory>
#include <optional>
#include <span>

namespace meshhost::gossip::proto {

/// A machine: one input, then poll_output() until nullopt, then next_deadline() for the timer.
/// Never blocks, throws or sends; every table has a limit in limits.hpp. Its time never runs back.
class gossip_state {
public:
    /// `ids` outlives the machine and may serve several.
    gossip_state(
        const identity::endpoint_id& self,
        const config& options,
        id_cache& ids,
        prng random,
        time_point now
    );
    gossip_state(gossip_state&&) noexcept;
    gossip_state& operator=(gossip_state&&) noexcept;
    ~gossip_state();

    // --- inputs from this host ---

    /// Takes part in a topic, found through `bootstrap`, which may be empty. Again for a joined
    /// topic: the peers are added and asked. Our own id is ignored.
    /// Errors: too_many_topics.
    error_code join(
        const identity::topic_id& topic,
        std::span<const identity::endpoint_id> bootstrap,
        time_point now
    );

    /// Takes leave of every neighbour. Nothing when the topic was not joined.
    void leave(const identity::topic_id& topic, time_point now);

    /// Precondition: the trace fits. Errors: not_joined, content_too_large, repeated.
    error_code broadcast(
        const identity::topic_id& topic,
        bytes_view content,
        const broadcast_options& how,
        time_point now
    );

    /// Our own AddrInfo, encoded, for whoever hears of us from now on.
    /// Errors: peer_data_too_large.
    error_code set_peer_data(bytes_view data);

    /// Members heard of elsewhere, for the heal probe.
    void suggest_peers(
        const identity::topic_id& topic,
        std::span<const identity::endpoint_id> peers,
        time_point now
    );

    // --- inputs from the driver: one logical link to a peer, over any number of connections ---

    /// There is a link now, dialled or accepted. While the last instance is still up: the peer has
    /// started anew, and all that the last one stood for is over.
    void link_up(const identity::endpoint_id& peer, link_instance link, time_point now);
    /// Ignored for any but the current instance, as is received().
    void link_down(
        const identity::endpoint_id& peer,
        link_instance link,
        link_end how,
        time_point now
    );
    /// The answer to want_link_output when there will be no link.
    void dial_failed(const identity::endpoint_id& peer, time_point now);

    /// One frame without its length, from a stream of this topic. Unknown topics are ignored.
    void received(
        const identity::endpoint_id& peer,
        link_instance link,
        const identity::topic_id& topic,
        bytes_view frame_body,
        time_point now
    );

    /// The smoothed round trip of the peer's link, whenever it has changed much.
    void set_rtt(const identity::endpoint_id& peer, duration rtt);

    // --- the machine ---

    std::optional<gossip_output> poll_output();
    /// May be early: then handle_deadline() does nothing.
    std::optional<time_point> next_deadline() const;
    void handle_deadline(time_point now);
    void check_invariants() const;

    // --- what it knows ---

    const identity::endpoint_id& self() const noexcept;
    bool has_joined(const identity::topic_id& topic) const noexcept;
    /// Neighbours in a topic; 0 when it was not joined.
    std::size_t degree(const identity::topic_id& topic) const noexcept;
    /// nullopt when the topic was not joined.
    std::optional<topic_probe> probe(const identity::topic_id& topic) const;
    state_probe probe() const;

private:
    class body;
    std::unique_ptr<body> body_;
};

}  // namespace meshhost::gossip::proto
