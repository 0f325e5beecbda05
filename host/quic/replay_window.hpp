// SPDX-License-Identifier: Apache-2.0
#pragma once
// The ClientHellos whose early data was taken lately, so that none is taken twice (RFC 8446 §8.2).
// Bounded: full means refuse; early data is then sent again after the handshake, which costs a
// round trip and no safety.
#include "base/bytes.hpp"

#include <chrono>
#include <cstddef>
#include <ctime>
#include <set>
#include <utility>

namespace meshhost::quic {

class replay_window {
public:
    /// Tickets older than a window may lose their early data, once: GnuTLS starts its own record
    /// anew then and takes none from before. Minutes, so that peers that come back have theirs.
    static constexpr std::chrono::seconds length = std::chrono::minutes(10);
    static constexpr std::size_t entries_max = 8192;

    /// `hello` names a ClientHello; `expires` is `length` from now, in wall-clock seconds. false:
    /// it was there already, or there is no room.
    bool insert(std::time_t expires, bytes_view hello);

    std::size_t size() const noexcept { return hellos_.size(); }

private:
    std::set<byte_buffer> hellos_;
    std::set<std::pair<std::time_t, byte_buffer>> by_expiry_;
};

}  // namespace meshhost::quic
