// SPDX-License-Identifier: Apache-2.0
#pragma once
// The UDP sockets at which hosts ask how the internet sees them: what the machine
// nat::proto::stun_responder answers.
#include "nat/proto/stun_responder.hpp"
#include "net/shard.hpp"
#include "telemetry/metric.hpp"

#include <memory>
#include <vector>

namespace meshhost::relayd {

/// One thread: the shard's, which outlives it. What a full socket does not take is lost.
class stun_listener {
public:
    /// At one address; "[::]" is also 0.0.0.0, at the same port, where there is IPv4.
    /// Errors: those of net::udp_socket::bind.
    static outcome<std::unique_ptr<stun_listener>> listen(
        net::shard& shard,
        const ip_endpoint& where,
        std::uint64_t seed
    );
    ~stun_listener();

    ip_endpoint bound() const;
    const nat::proto::responder_counts& counts() const noexcept { return machine_.counts(); }

private:
    class binding;

    stun_listener(net::shard& shard, std::uint64_t seed);
    outcome<void> bind(const ip_endpoint& where);

    net::shard& shard_;
    nat::proto::stun_responder machine_;
    std::vector<std::unique_ptr<binding>> bindings_;
};

std::vector<telemetry::metric> stun_metrics(const stun_listener& listener);

}  // namespace meshhost::relayd
