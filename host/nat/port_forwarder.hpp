// SPDX-License-Identifier: Apache-2.0
#pragma once
// Has the router forward one UDP port to this host, and keeps it so. Drives proto::port_mapper.
#include "base/log.hpp"
#include "nat/proto/port_mapper.hpp"

#include <memory>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net

namespace meshhost::nat {

class forward_sink {
public:
    /// Where others reach the port now; nullopt: nowhere any more. It may be an address of another
    /// private network: a router behind a router knows no better.
    virtual void on_forwarded(const std::optional<ip_endpoint>& outer) = 0;
    /// What the router understands, as far as it was tried.
    virtual void on_mapping_kinds(const proto::port_mapping_kinds& kinds) = 0;

protected:
    ~forward_sink() = default;
};

struct forward_options {
    std::uint64_t seed = 0;  ///< of the random waits
    proto::port_mapper_config pace;
    std::optional<ip_endpoint> gateway;  ///< in place of the default route's; for tests
    logger log;
};

/// Lifecycle: make it, forward(), destroy it, which gives the port back; nothing is called
/// afterwards, and never from inside a call of ours. One thread: the shard's, and one of its own
/// that talks to the router. `shard` and `sink` outlive it. Not to be destroyed by its sink.
class port_forwarder {
public:
    port_forwarder(net::shard& shard, forward_sink& sink, forward_options options);
    port_forwarder(const port_forwarder&) = delete;
    port_forwarder& operator=(const port_forwarder&) = delete;
    ~port_forwarder();

    /// nullopt: none any more.
    void forward(std::optional<std::uint16_t> port);
    /// The addresses of this machine or its default route changed.
    void handle_network_change();

    const proto::port_mapper& machine() const noexcept;

private:
    class state;
    std::unique_ptr<state> state_;
};

}  // namespace meshhost::nat
