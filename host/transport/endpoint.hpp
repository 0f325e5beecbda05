// SPDX-License-Identifier: Apache-2.0
#pragma once
// This host's presence on the network: one key, its sockets, its connections.
#include "base/error.hpp"
#include "base/invariant.hpp"
#include "base/log.hpp"
#include "identity/endpoint_addr.hpp"
#include "identity/secret_key.hpp"
#include "net/shard.hpp"
#include "path/fault_filter.hpp"
#include "path/relay_links.hpp"
#include "transport/alpn_router.hpp"
#include "transport/connection.hpp"
#include "transport/probe.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace meshhost::transport {

using path::fault_plan;
using path::relay_view;

/// Limits and timings. The defaults are iroh's where iroh has one (wire-compatible either way).
struct endpoint_options {
    identity::secret_key key;
    std::vector<ip_endpoint> bind;  ///< where to listen; empty: 0.0.0.0:0 and [::]:0
    duration idle_timeout = 30s;
    duration keep_alive = 5s;
    duration handshake_timeout = 10s;
    std::size_t connections_max = 4096;
    std::size_t connections_per_peer_max = 16;
    std::size_t half_open_max = 64;  ///< above it, Retry before any state
    bool segmentation_offload = true;
    std::vector<std::string> relays;               ///< our own: kept in touch with, told to others
    std::string relay_token;                       ///< for those
    net::tls_client_context* relay_tls = nullptr;  ///< see relay_client_options; outlives us
    bool relay_only = false;  ///< dials by way of relays alone, and tells nobody our addresses
    std::uint64_t seed = 0;   ///< of the waits before a relay is tried again
    logger log;
};

/// Where a way to a peer leads: an address of its, or the URL of a relay it is at.
using way_end = std::variant<ip_endpoint, std::string>;
way_end end_of(const path_info& path);

/// Of our connections to a peer.
struct move_counts {
    std::size_t eligible = 0;  ///< went another way, and were ours to move
    std::size_t moving = 0;  ///< of those; the rest has no connection id to spare (RFC 9000 §9.5)
};

/// A connection that is up, and how it goes.
struct peer_way {
    identity::endpoint_id peer;
    bool is_dialled = false;  ///< ours to move
    bool is_pinned = false;   ///< see connect_options
    path_info path;
    std::size_t probes_unanswered = 0;   ///< PTOs since anything was acknowledged (RFC 9002 §6.2)
    const connection* handle = nullptr;  ///< names it; not to be used
};

/// What is heard of the ways to peers. On the shard's thread, never from inside a call on the
/// endpoint; reason_of() and direct_of() from inside one.
class reach_sink {
public:
    /// At our sockets, and not QUIC's: STUN, or a probe (RFC 9443). Valid during the call only.
    virtual void on_stray(const ip_endpoint& from, bytes_view datagram) = 0;
    /// A relay of ours came up or went down, or another is home now.
    virtual void on_relays_changed() = 0;
    /// Addresses of this machine came or went, or our sockets are others now.
    virtual void on_network_changed() = 0;
    /// A handshake with `peer` is done by way of a relay, or a connection went back to one.
    virtual void on_relayed(
        const identity::endpoint_id& peer,
        const std::string& relay,
        bool is_dialled
    ) = 0;
    /// A connection with `peer` moved to `to`, or tried to and did not.
    virtual void on_moved(const identity::endpoint_id& peer, const ip_endpoint& to, bool works) = 0;

    /// Why the path to `peer` is what it is; empty: as far as its address shows.
    virtual std::string reason_of(const identity::endpoint_id& peer, path_kind kind) const = 0;
    /// Where else `peer` is to be dialled at.
    virtual std::optional<ip_endpoint> direct_of(const identity::endpoint_id& peer) const = 0;

protected:
    ~reach_sink() = default;
};

struct connect_options {
    bool early_data = false;  ///< 0-RTT when a ticket is at hand: streams may be opened at once.
                              ///< Only for requests that may be replayed.
    bool resume = true;       ///< false: offers no ticket, which makes a full handshake
    bool is_pinned = false;   ///< to relays alone, and it stays there
};

/// A connection as the endpoint holds it, for the audit. Not to be used: `handle` names it.
struct held_connection {
    const connection* handle = nullptr;
    identity::endpoint_id peer;
    std::string alpn;
    std::size_t streams = 0;
};

/// Lifecycle: bind() → use → close() → destroy when the shard has run dry. Owned by the
/// composition root; outlives every handle's use. One thread: the shard's.
class endpoint {
public:
    /// Errors: those of net::udp_socket::bind.
    static outcome<std::unique_ptr<endpoint>> bind(net::shard& shard, endpoint_options options);

    virtual ~endpoint() = default;

    virtual const identity::endpoint_id& id() const noexcept = 0;
    virtual alpn_router& router() noexcept = 0;

    /// Where the sockets are bound (wildcards as they are).
    virtual std::vector<ip_endpoint> bound() const = 0;
    /// Our id with the direct addresses others may try: interface addresses for wildcards.
    virtual identity::endpoint_addr address() const = 0;

    /// Dials every known address at once; the first to answer with the right key wins. The
    /// handle comes back at once and still connecting; `handler` hears on_connected or on_closed,
    /// never from inside this call.
    virtual std::shared_ptr<connection> connect(
        const identity::endpoint_addr& to,
        std::string_view alpn,
        std::shared_ptr<connection_handler> handler,
        const connect_options& options = {}
    ) = 0;

    /// Opens fresh sockets (new ports, if the port was not fixed) and migrates every dialled
    /// connection to them (RFC 9000 §9); on its own when an address goes away or comes back.
    /// Errors: as bind(), for one of the addresses; the others are bound all the same. Never from
    /// inside a handler.
    virtual outcome<bool> rebind() = 0;

    // How peers are reached.
    /// nullptr: nobody listens. Outlives the endpoint, or is taken back.
    virtual void set_reach_sink(reach_sink* /*sink*/) {}
    /// Our relays and those of others that are in use, in no order.
    virtual std::vector<relay_view> relays() const { return {}; }
    /// Sends a datagram that is not QUIC's from the socket that speaks to peers, once.
    virtual void send_stray(const ip_endpoint& /*to*/, bytes_view /*datagram*/) {}
    /// Moves what we dialled to `peer`, but for what is pinned, to one of its addresses, once that
    /// has answered (RFC 9000 §9.2). Meanwhile, and when it does not, all goes on as it was.
    virtual move_counts
    move_to_address(const identity::endpoint_id& /*peer*/, const ip_endpoint& /*to*/) {
        return {};
    }
    /// Moves those of them that go by `from` to where the peer is at a relay, at once.
    virtual move_counts move_to_relay(
        const identity::endpoint_id& /*peer*/,
        const way_end& /*from*/,
        std::string_view /*url*/
    ) {
        return {};
    }
    /// Every connection that is up, in no order.
    virtual std::vector<peer_way> ways() const { return {}; }

    /// For labs: what is lost on the way, until the next call; an empty plan is the network as it
    /// is. False, and nothing changed: the plan is not valid.
    virtual bool set_faults(const fault_plan& plan) = 0;

    virtual probe measure() const = 0;

    // For the audit.
    /// Every connection that a user has, in no order; those that are being dialled, too.
    virtual std::vector<held_connection> held() const { return {}; }
    /// What must hold between the tables; what should have gone before `due` is gone.
    virtual std::vector<invariant> invariants(time_point /*due*/) const { return {}; }

    /// Closes every connection with `code`; idempotent.
    virtual void close(std::uint64_t code, std::string_view reason) = 0;
};

}  // namespace meshhost::transport
