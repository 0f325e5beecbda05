// SPDX-License-Identifier: Apache-2.0
#include "quic/replay_window.hpp"

namespace meshhost::quic {

bool replay_window::insert(std::time_t expires, bytes_view hello) {
    const std::time_t now = expires - static_cast<std::time_t>(length.count());
    while (!by_expiry_.empty() && by_expiry_.begin()->first < now) {
        hellos_.erase(by_expiry_.begin()->second);
        by_expiry_.erase(by_expiry_.begin());
    }
    if (hellos_.size() >= entries_max) return false;
    byte_buffer copy(hello.begin(), hello.end());
    if (!hellos_.insert(copy).second) return false;
    by_expiry_.emplace(expires, std::move(copy));
    return true;
}

}  // namespace meshhost::quic
