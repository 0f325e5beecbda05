// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finds the endpoints on this host's networks, and lets them find this one (iroh's local
// discovery, over multicast DNS). Drives proto::lan_discovery on every multicast interface, IPv4
// and IPv6, and follows the interfaces as they come and go.
#include "base/log.hpp"
#include "discovery/discovery.hpp"
#include "discovery/proto/lan_discovery.hpp"

#include <memory>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net

namespace meshhost::discovery {

struct mdns_options {
    identity::endpoint_id self;
    std::uint64_t seed = 0;  ///< of the random waits
    proto::lan_config pace;
    logger log;
};

/// Lifecycle: open() it, announce() any number of times, destroy it; nothing is called afterwards.
/// Where nobody makes one there is no socket. One thread: the shard's. `shard` and `sink` outlive
/// it; it may not be destroyed from inside the sink.
class mdns_source final : public discovery_source {
public:
    /// Errors: E_MDNS_SOCKET when neither family can be listened to. With one of them it works.
    static outcome<std::unique_ptr<mdns_source>> open(
        net::shard& shard,
        discovery_sink& sink,
        mdns_options options
    );
    ~mdns_source() override;

    void announce(identity::endpoint_addr self) override;

    /// For somebody who knows of a change before the kernel's notice comes.
    void look_at_interfaces();

    std::size_t known() const noexcept;
    const proto::lan_counts& counts() const noexcept;
    /// Memberships of groups: how many interfaces of both families it is on.
    std::size_t memberships() const noexcept;

private:
    class state;
    explicit mdns_source(std::unique_ptr<state> made);
    std::unique_ptr<state> state_;
};

}  // namespace meshhost::discovery
