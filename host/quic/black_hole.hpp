// SPDX-License-Identifier: Apache-2.0
#pragma once
// Notices that a path which took long packets has begun to swallow them without a word, and how
// long packets may be then (RFC 8899 §4.3). ngtcp2 0.12 finds out that a path takes longer ones,
// never that it takes them no more. Pure: time is passed in.
#include "base/time.hpp"

#include <array>
#include <cstddef>

namespace meshhost::quic {

/// Of one connection, on the path that it is on.
class black_hole {
public:
    /// UDP bytes of a packet that fits wherever QUIC may go (RFC 9000 §14).
    static constexpr std::size_t size_min = 1200;

    /// `size`, or less while long packets are thought to vanish.
    std::size_t limit(std::size_t size) const noexcept {
        return is_suspected_ && size > size_min ? size_min : size;
    }
    void sent(std::size_t size, time_point now) noexcept;
    /// So many PTOs since anything was acknowledged, each of `probe_timeout` and doubled by those
    /// before (RFC 9002 §6.2). The second one's packets are short, if there were long ones: before
    /// a third makes anybody think that nothing gets there at all.
    void unanswered(std::size_t probes, duration probe_timeout, time_point now);
    /// Of some of what was sent nothing is heard since `since`, whatever else is acknowledged.
    void stuck(time_point since, duration probe_timeout, time_point now);
    /// Long packets are tried again when their time has come.
    void tick(time_point now) noexcept;
    /// It is on another path, of which nothing bad is known.
    void moved() noexcept { *this = {}; }

private:
    static constexpr std::size_t long_ones_min = 3;

    void suspect(time_point since, duration probe_timeout, time_point now);

    /// When the last long packets went, in no order that matters.
    std::array<time_point, long_ones_min> long_ones_{};
    std::size_t next_ = 0;
    bool is_suspected_ = false;
    time_point until_{};  ///< long packets are tried again, or have been since
    duration pause_{};    ///< from the suspicion until then
};

}  // namespace meshhost::quic
