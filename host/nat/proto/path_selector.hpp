// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which of the paths to a peer should carry the bytes, and why that one. Decides only: moving a
// connection to it is the caller's.
#include "base/ip_endpoint.hpp"
#include "base/strong_id.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace meshhost::nat::proto {

inline constexpr duration ipv6_bonus = 3ms;         ///< iroh's: IPv6 is spared NATs
inline constexpr duration switch_hysteresis = 5ms;  ///< iroh's: a gain below it is noise
/// A path whose last word is unanswered for so long, and four round trips, is silent; a guess
/// between QUIC's probe timeouts and what a user notices.
inline constexpr duration silence_min = 1s;
inline constexpr duration silence_max = 3s;
inline constexpr duration unknown_rtt = 333ms;  ///< RFC 9002 §6.2.2

struct path_facts {
    path_id id;
    bool is_relayed = false;
    ip_family family = ip_family::v4;  ///< of a direct path
    duration rtt{};                    ///< smoothed; 0: not measured
    time_point last_heard{};
    /// Since when the oldest datagram that wants an answer has none; nullopt: all have.
    std::optional<time_point> unanswered_since;
};

/// What is compared: the round trip, less the bonus.
duration biased_rtt(duration rtt, ip_family family) noexcept;
/// Whether `other` is enough better to move there.
bool is_worth_moving(duration current_biased, duration other_biased) noexcept;

/// When the path counts as silent unless something is heard; no_deadline while it owes nothing.
time_point silent_at(const path_facts& of) noexcept;

enum class choice_reason : std::uint8_t {
    only_one,    ///< there is no other
    is_direct,   ///< the others are relayed
    is_faster,   ///< than the path before, by more than the hysteresis
    is_kept,     ///< no other is enough better
    fail_over,   ///< the path before went silent, or is gone
    all_silent,  ///< none answers: the path before stays, if it is there
};
const char* to_string(choice_reason reason) noexcept;

struct path_choice {
    path_id path;
    choice_reason why = choice_reason::only_one;

    friend bool operator==(const path_choice&, const path_choice&) = default;
};

/// Of one peer. Remembers the last choice, and nothing else.
class path_selector {
public:
    /// nullopt: there are no paths. Ask again when facts change, and at next_deadline().
    std::optional<path_choice> choose(std::span<const path_facts> paths, time_point now);

    /// When time alone may change the choice: the current path becomes silent.
    static time_point next_deadline(std::span<const path_facts> paths, path_id current) noexcept;

    path_id current() const noexcept { return current_; }

private:
    path_id current_{};
};

}  // namespace meshhost::nat::proto
