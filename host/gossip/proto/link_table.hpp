// SPDX-License-Identifier: Apache-2.0
#pragma once
// The links that all topics share, one to a peer: which are up, what waits for one that is not,
// and which nobody needs any more.
#include "base/token_bucket.hpp"
#include "gossip/proto/config.hpp"
#include "gossip/proto/fifo.hpp"
#include "gossip/proto/gossip_output.hpp"
#include "gossip/proto/hyparview.hpp"

#include <boost/container/flat_map.hpp>

namespace meshhost::gossip::proto {

/// Of a peer: ids that are read in its frames while it is no neighbour, a second and at once. New
/// ones are dear (id_cache.hpp); an honest one names 8 in a frame, and sends one or two.
inline constexpr double strangers_ids_per_second = 8;
inline constexpr double strangers_ids_burst = 64;

struct peer_link {
    link_phase phase = link_phase::none;
    link_instance instance;          ///< while it is up
    duration rtt{};                  ///< 0: not measured
    time_point since{};              ///< while it is dialled
    bool is_urgent = false;          ///< while it is dialled: the driver knows that
    std::vector<send_output> queue;  ///< until it is up
    bool is_watched = false;         ///< will be looked at whether anybody needs it
    token_bucket ids{strangers_ids_per_second, strangers_ids_burst};
};

/// Holds limits::links peers. When it is full, a link or a dial that nobody needs makes room, or
/// the new one is refused.
class link_table {
public:
    link_table(const link_config& options, const limits& limit) noexcept
        : options_(options)
        , limits_(limit) {}

    std::size_t size() const noexcept { return links_.size(); }
    std::size_t queued_frames() const noexcept;

    peer_link* find(const identity::endpoint_id& peer) noexcept;
    const peer_link* find(const identity::endpoint_id& peer) const noexcept;
    /// The up link of this instance, nullptr when it is another or down.
    peer_link* find(const identity::endpoint_id& peer, link_instance link) noexcept;
    /// Found or made; nullptr when the table is full.
    peer_link* require(const identity::endpoint_id& peer);
    void erase(const identity::endpoint_id& peer) { links_.erase(peer); }

    /// Something was said on the link: after idle_hold somebody should look whether it is needed.
    void watch(const identity::endpoint_id& peer, peer_link& link, time_point now);
    time_point next_deadline() const noexcept;
    /// A link whose time to be looked at has come. no_deadline: the one whose time is next.
    std::optional<identity::endpoint_id> take_due(time_point now);
    /// Those that are dialled, the one begun first before the others; `count` at most.
    std::vector<identity::endpoint_id> oldest_dials(std::size_t count) const;
    bool is_full() const noexcept { return links_.size() >= limits_.links; }

private:
    struct check {
        time_point at;
        identity::endpoint_id peer;
    };

    const link_config& options_;
    const limits& limits_;
    boost::container::flat_map<identity::endpoint_id, peer_link> links_;
    fifo<check> checks_;  ///< in the order of their times; at most one of each watched link
};

}  // namespace meshhost::gossip::proto
