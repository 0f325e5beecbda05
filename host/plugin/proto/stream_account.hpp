// SPDX-License-Identifier: Apache-2.0
#pragma once
// The host's books of one stream of an instance: how much may go down to it, and whether what
// comes up is within what it was allowed. An instance may be hostile; the books do not believe it.
#include "plugin/proto/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace meshhost::plugin::proto {

class stream_account {
public:
    explicit stream_account(std::uint64_t window) noexcept
        : window_(static_cast<std::size_t>(std::clamp(window, stream_window_min, stream_window_max))
        ) {}

    /// Bytes that may be sent to the instance now.
    std::size_t room_below() const noexcept {
        return pieces_ < stream_pieces_max ? window_ - below_ : 0;
    }
    void sent_down(std::size_t bytes) noexcept {
        below_ += bytes;
        ++pieces_;
    }
    /// Sent and not read by the plugin.
    std::size_t below() const noexcept { return below_; }
    /// The plugin has read them. False: it cannot have, for they were never sent.
    bool take(std::uint64_t bytes) noexcept {
        if (bytes > below_) return false;
        below_ -= static_cast<std::size_t>(bytes);
        pieces_ = 0;
        return true;
    }

    /// The instance has written them. False: beyond what it may, or after the last.
    bool admit(std::size_t bytes, bool is_last) noexcept {
        if (has_last_ || bytes > stream_unsent_max - unsent_) return false;
        unsent_ += bytes;
        has_last_ = is_last;
        return true;
    }
    /// The transport took them.
    void sent(std::size_t bytes) noexcept { unsent_ -= bytes; }
    std::size_t unsent() const noexcept { return unsent_; }
    bool has_last() const noexcept { return has_last_; }

private:
    std::size_t window_;
    std::size_t below_ = 0;
    std::size_t pieces_ = 0;  ///< since the last that was read
    std::size_t unsent_ = 0;
    bool has_last_ = false;
};

}  // namespace meshhost::plugin::proto
