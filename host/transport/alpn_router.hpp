// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which protocol handler serves a connection that somebody opened to us: by its ALPN, exactly.
#include "transport/connection.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::transport {

/// Serves one ALPN. Called on the shard's thread.
class protocol_handler {
public:
    virtual ~protocol_handler() = default;

    /// A peer connected: its id is authenticated. Set a handler on `incoming` before returning,
    /// or it is refused.
    virtual void on_connection(std::shared_ptr<connection> incoming) = 0;

    /// true: a request that an attacker sends twice does no harm, so that data may be handed over
    /// before the handshake completes (0-RTT, RFC 8446 §8). Default: it waits.
    virtual bool is_replay_safe() const noexcept { return false; }
};

/// Bounded by what the host registers; written at start, read on every handshake.
class alpn_router {
public:
    /// Precondition: `alpn` is 1..255 bytes and not yet routed.
    void add(std::string alpn, std::shared_ptr<protocol_handler> handler);
    void remove(std::string_view alpn);
    std::shared_ptr<protocol_handler> find(std::string_view alpn) const;
    std::vector<std::string> alpns() const;
    /// Another number after every add() and remove().
    std::uint64_t version() const noexcept { return version_; }

private:
    std::map<std::string, std::shared_ptr<protocol_handler>, std::less<>> handlers_;
    std::uint64_t version_ = 0;
};

}  // namespace meshhost::transport
