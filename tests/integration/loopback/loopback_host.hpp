// SPDX-License-Identifier: Apache-2.0
#pragma once
// A host's endpoint and peers on real sockets on loopback, on the test's thread or, to be killed,
// in a process of its own.
#include "gossip/gossip_service.hpp"
#include "identity/secret_key.hpp"
#include "peers/peers_service.hpp"
#include "transport/endpoint.hpp"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::test {

struct loopback_options {
    std::uint8_t seed = 1;  ///< of the key
    std::uint16_t port = 0;
    std::uint64_t incarnation = 1000;
    bool hears_gossip = false;
    std::vector<identity::endpoint_addr> named = {};
};

/// Short limits: what takes half a minute in the daemon takes a second here.
class loopback_host final : private peers::peers_observer {
public:
    static constexpr duration idle_timeout = 1s;

    loopback_host(net::shard& shard, const loopback_options& options);

    std::uint16_t port() const { return endpoint->bound().front().port; }
    identity::endpoint_addr address() const {
        return {endpoint->id(), {}, {endpoint->bound().front()}};
    }
    /// "alive", or "unknown".
    std::string sees(const identity::endpoint_id& peer) const;
    void contribute(std::int64_t value);
    /// What the peer contributes, as seen here; -1: nothing.
    std::int64_t contribution(const identity::endpoint_id& peer) const;

    std::unique_ptr<transport::endpoint> endpoint;
    std::unique_ptr<gossip::gossip_service> gossip;  ///< if it hears any
    std::unique_ptr<peers::peers_service> service;
    std::vector<std::string> evidence;  ///< each change's, in order
    bool is_stopped = false;

private:
    void on_peer_changed(const peers::peer_view& peer) override;
    void on_stopped() override { is_stopped = true; }
};

identity::secret_key loopback_key(std::uint8_t seed);

/// A host in a child process. It lives until it is killed.
class child_host {
public:
    /// `peer`: whom the child dials; nullptr: nobody.
    child_host(const loopback_options& options, const identity::endpoint_addr* peer);
    child_host(const child_host&) = delete;
    child_host& operator=(const child_host&) = delete;
    ~child_host() { kill(); }

    /// With SIGKILL: it cannot say anything to anybody.
    void kill();

    const identity::endpoint_addr& address() const noexcept { return address_; }
    std::uint16_t port() const noexcept { return address_.direct.front().port; }

private:
    pid_t pid_ = -1;
    identity::endpoint_addr address_;
};

}  // namespace meshhost::test
