// SPDX-License-Identifier: Apache-2.0
#pragma once
// How much of what a plugin says may be under way to the host at once. A machine's part; whoever
// owns it locks.
#include "plugin/proto/limits.hpp"

#include <cstddef>
#include <utility>

namespace meshhost::plugin::proto {

class uplink_meter {
public:
    /// False: no room now; heard() will say when there is.
    bool admit(std::size_t size) noexcept {
        if (messages_ >= uplink_messages_max || bytes_ + size > uplink_bytes_max) {
            is_awaited_ = true;
            return false;
        }
        add(size);
        return true;
    }

    /// Goes whatever the limits are, and counts.
    void add(std::size_t size) noexcept {
        ++messages_;
        bytes_ += size;
    }

    /// One has arrived. True: there is room again, and somebody was refused since the last time.
    bool heard(std::size_t size) noexcept {
        --messages_;
        bytes_ -= size;
        const bool has_room =
            messages_ <= uplink_messages_max / 2 && bytes_ <= uplink_bytes_max / 2;
        return has_room && std::exchange(is_awaited_, false);
    }

    std::size_t messages() const noexcept { return messages_; }

private:
    std::size_t messages_ = 0;
    std::size_t bytes_ = 0;
    bool is_awaited_ = false;
};

}  // namespace meshhost::plugin::proto
