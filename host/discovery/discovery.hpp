// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where endpoints are found that nobody told us of. Sources of any kind say so in the same words.
#include "identity/endpoint_addr.hpp"

#include <cstdint>

namespace meshhost::discovery {

/// Who says so. Settled for good once shipped: values are appended.
enum class provenance : std::uint8_t {
    mdns,  ///< the endpoint itself, on a network that this host is on
};

constexpr const char* to_string(provenance from) noexcept {
    switch (from) {
    case provenance::mdns:
        return "mdns";
    }
    return "unknown";
}

/// What is found is a hint that anybody may have made up: only a handshake proves it.
class discovery_sink {
public:
    /// An endpoint, never this one; again whenever it says something else of itself.
    virtual void on_found(const identity::endpoint_addr& endpoint, provenance from) = 0;
    /// The source has not heard of it for too long.
    virtual void on_lost(const identity::endpoint_id& endpoint, provenance from) = 0;

protected:
    ~discovery_sink() = default;
};

/// One thread: the shard's. A source calls its sink from its own events, never inside announce().
class discovery_source {
public:
    discovery_source() = default;
    discovery_source(const discovery_source&) = delete;
    discovery_source& operator=(const discovery_source&) = delete;
    virtual ~discovery_source() = default;

    /// What this host is to be found at from now on; without direct addresses: it only listens.
    virtual void announce(identity::endpoint_addr self) = 0;
};

}  // namespace meshhost::discovery
