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
#include "transport/alpn_router.hpp"
#include "transport/probe.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace meshhost::transport {

using path::fault_plan;

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
    logger log;
};

struct connect_options {
    bool early_data = false;  ///< 0-RTT when a ticket is at hand: streams may be opened at once.
                              ///< Only for requests that may be replayed.
    bool resume = true;       ///< false: offers no ticket, which makes a full handshake
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
