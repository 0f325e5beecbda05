// SPDX-License-Identifier: Apache-2.0
#pragma once
// Keeps every peer reachable by the best way there is: looks for a direct path where one is spoken
// to by way of a relay, goes back to a relay when a path falls silent, and to another when a relay
// does. Knows for each peer why it is reached as it is.
#include "base/log.hpp"
#include "base/token_bucket.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "reach/own_candidates.hpp"
#include "reach/reach_link.hpp"
#include "reach/way_watch.hpp"
#include "transport/accept_route.hpp"
#include "transport/endpoint.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::reach {

struct reach_options {
    /// Everything that is known of where a peer may be.
    std::function<identity::endpoint_addr(const identity::endpoint_id&)> address_of;
    /// Our relays or addresses are others now: what is told of this host may be old.
    std::function<void()> on_self_changed;
    /// Addresses of this machine came or went.
    std::function<void()> on_network_changed;
    /// How a peer is reached is another than before.
    std::function<void(const identity::endpoint_id&, const nat::proto::reach&)> on_reach_changed;
    bool relay_only = false;
    logger log;
};

/// How one peer that was ever relayed is reached.
struct reach_view {
    identity::endpoint_id peer;
    nat::proto::reach how;
    std::string relay;
    std::optional<ip_endpoint> direct;
    nat::proto::punch_counts counts;
};

struct reach_counts {
    std::uint64_t links_opened = 0;
    std::uint64_t failovers = 0;  ///< from a silent path to a relay
    std::uint64_t probes_received = 0;
    std::uint64_t probes_refused = 0;    ///< forged, stale, or too many
    std::uint64_t probes_held_back = 0;  ///< of ours: too many over all links
    std::uint64_t strays = 0;            ///< neither a probe nor an answer to anything
};

/// One thread: the shard's. `shard` and `endpoint` outlive it. Limits: links_max peers.
class reach_service final : private transport::reach_sink,
                            private reach_link_owner,
                            private net::deadline_sink {
public:
    static constexpr std::size_t links_max = 256;
    static constexpr std::size_t timers = 1;
    /// Probes of all links together, answers included: what peers that mean harm can have us send.
    /// Those over it are lost, like any datagram, and asked again by their rounds.
    static constexpr double probes_per_second = 100;
    static constexpr double probes_burst = 200;

    reach_service(net::shard& shard, transport::endpoint& endpoint, reach_options options);
    ~reach_service();

    // What was found out of this host's place on the network.
    /// A server sees us there, from the socket that speaks to peers.
    void note_seen(const nat::proto::voter& who, const ip_endpoint& seen);
    /// Whether the NAT gives each destination another port, where it was found out otherwise.
    void note_mapping(nat::proto::known varies);
    /// No server answers over UDP.
    void note_silence();
    /// A router forwards this port of its to us; nullopt: not any more.
    void set_mapped(const std::optional<ip_endpoint>& at);
    /// Who else is told of datagrams at our sockets that are neither QUIC's nor probes; nullptr:
    /// nobody.
    void set_stray_taker(std::function<void(const ip_endpoint&, bytes_view)> taker) {
        stray_taker_ = std::move(taker);
    }

    std::vector<reach_view> list() const;
    std::optional<reach_view> find(const identity::endpoint_id& peer) const;
    const reach_counts& counts() const noexcept { return counts_; }
    const nat::proto::nat_traits& traits() const noexcept { return traits_; }
    nat::proto::candidate_set candidates() const { return own_.all(shard_.now()); }

    /// For the audit: the connections that are this room's.
    std::vector<const transport::connection*> owned() const;

private:
    struct entry {
        std::shared_ptr<reach_link> link;  ///< nullptr: there is none
        /// What the last link found out, for as long as it holds without one.
        nat::proto::reach how{};
        std::optional<ip_endpoint> direct;
        bool does_not_speak = false;
        bool was_seen = false;  ///< in the last look, with a connection of anybody else's
        time_point retry_at{};
        duration retry_wait{};
        time_point unused_since{};
        time_point moved_at{};                  ///< after a silence; not again at once
        time_point address_at{};                ///< when the next address is tried
        std::optional<ip_endpoint> was_direct;  ///< where the last direct path led
        std::optional<ip_endpoint> unmoved;     ///< no connection could begin to move there yet
        time_point all_relayed_since = no_deadline;  ///< though the machine has a direct path
        std::size_t next_address = 0;
    };

    // transport::reach_sink
    void on_stray(const ip_endpoint& from, bytes_view datagram) override;
    void on_relays_changed() override;
    void on_network_changed() override;
    void on_relayed(const identity::endpoint_id& peer, const std::string&, bool is_dialled)
        override;
    void on_moved(const identity::endpoint_id& peer, const ip_endpoint& to, bool works) override;
    std::string reason_of(const identity::endpoint_id& peer, transport::path_kind kind)
        const override;
    std::optional<ip_endpoint> direct_of(const identity::endpoint_id& peer) const override;
    // reach_link_owner
    void on_link_up(reach_link& link) override;
    void on_link_turn(reach_link& link) override { turn(link); }
    time_point now() const override { return shard_.now(); }
    void on_link_down(reach_link& link, bool speaks) override;
    // net::deadline_sink
    void on_deadline(time_point now) override;

    void accept(std::shared_ptr<transport::connection> incoming);
    void open(entry& to, const identity::endpoint_id& peer, const std::string& relay);
    void look();
    void look_at_peer(
        const identity::endpoint_id& peer,
        entry& known,
        const peer_ways& ways,
        time_point now
    );
    void fall_back(
        const identity::endpoint_id& peer,
        entry& known,
        const peer_ways& ways,
        time_point now
    );
    void leave(
        const identity::endpoint_id& peer,
        const entry& known,
        const transport::way_end& from
    );
    void follow(const identity::endpoint_id& peer, entry& known, time_point now);
    void drop_silent_links(const std::vector<transport::peer_way>& ways);
    static void remember(entry& known);
    void notice_return(entry& known, const peer_ways& ways, time_point now);
    void try_addresses(const identity::endpoint_id& peer, entry& known, time_point now);
    std::vector<relay_choice> relays_of(const identity::endpoint_id& peer, const entry& known)
        const;
    void turn(reach_link& link);
    void perform(reach_link& link, const nat::proto::send_control& out);
    void perform(reach_link& link, const nat::proto::send_probe& out);
    void perform(reach_link& link, const nat::proto::migrate_to& to);
    void perform(reach_link& link, const nat::proto::use_relay& instead);
    void perform(reach_link& link, const nat::proto::reach_changed& to);
    void perform(reach_link& link, const nat::proto::seen_at& seen);
    void perform(reach_link& link, const nat::proto::peer_broke_rule& broken);
    void refresh_candidates();
    /// Gives each machine there is an input, and does what follows.
    template <class Input>
    void for_each_machine(Input input);
    void set_traits(nat::proto::nat_traits traits);
    void arm();
    const nat::proto::puncher* machine_of(const identity::endpoint_id& peer) const;

    net::shard& shard_;
    transport::endpoint& endpoint_;
    reach_options options_;
    std::map<identity::endpoint_id, entry> peers_;
    own_candidates own_;
    nat::proto::candidate_set told_;  ///< of those, what the machines know
    nat::proto::nat_traits traits_;
    std::function<void(const ip_endpoint&, bytes_view)> stray_taker_;
    reach_counts counts_;
    token_bucket probes_{probes_per_second, probes_burst};
    time_point look_at_ = no_deadline;
    net::deadline_timer timer_;
    std::optional<transport::accept_route> route_;
};

}  // namespace meshhost::reach
