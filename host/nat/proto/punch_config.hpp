// SPDX-License-Identifier: Apache-2.0
#pragma once
// The pace and the limits of hole punching. iroh's numbers where it has them.
#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace meshhost::nat::proto {

// --- one round ---

inline constexpr unsigned probes_max = 9;  ///< scheduled, to one address; iroh's
/// A probe of the peer from somewhere is answered by one of ours, besides the scheduled ones.
inline constexpr unsigned prompted_probes_max = 9;
inline constexpr duration probe_gap_first = 33ms;  ///< doubles; iroh's
inline constexpr duration probe_gap_max = 2s;      ///< iroh's
inline constexpr duration last_answer_wait = 1s;   ///< after the last probe; a guess
inline constexpr std::size_t targets_max = 24;     ///< 16 that the peer named, 8 that it sent from
/// After the first address answered: a better one may be a moment behind. A guess.
inline constexpr duration settle_time = 25ms;
/// The client waits for half of the relay's round trip, so that both ends start together: a probe
/// that reaches the peer's router too early may spoil the peer's mapping there.
inline constexpr duration lead_max = 1s;

// --- rounds ---

inline constexpr std::uint8_t rounds_max = 3;  ///< of one attempt
inline constexpr duration round_gap_min = 5s;  ///< between two beginnings; iroh's
/// After each round of an attempt that failed. The second is longer than the 30 s for which Linux
/// keeps a mapping without replies, so that a spoiled one is gone.
inline constexpr std::array<duration, rounds_max - 1> round_waits{5s, 35s};
/// After an attempt, and while a direct path is slow: a round now and then. The first is iroh's.
inline constexpr std::array<duration, 4> upgrade_waits{60s, 180s, 540s, 600s};
inline constexpr duration good_rtt = 10ms;    ///< a direct path below it is not improved; iroh's
inline constexpr duration move_timeout = 5s;  ///< of the client's migration; a guess
inline constexpr duration peer_move_timeout = 10s;   ///< the server waits longer than the client
inline constexpr duration hello_timeout = 10s;       ///< then the peer does not punch
inline constexpr duration peer_round_timeout = 60s;  ///< the server: the attempt is over by then

// --- against a peer that means harm, or a network that flaps ---

inline constexpr double restarts_burst = 4;       ///< attempts begun at once, then one every 5 s,
                                                  ///< and another for what had to wait
inline constexpr double peer_restarts_burst = 5;  ///< that the peer's changes cause,
inline constexpr double peer_restarts_per_second = 0.1;  ///< then one every 10 s
inline constexpr double answers_burst = 64;              ///< probes answered,
inline constexpr double answers_per_second = 50;         ///< then so many a second
inline constexpr std::size_t actions_max = 256;          ///< waiting to be taken; probes go first

}  // namespace meshhost::nat::proto
