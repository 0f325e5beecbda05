// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a relay's machine can be told, and its limits. Where nothing is said of the reason, the
// value is the one that iroh's relay has.
#include "base/time.hpp"
#include "relay/proto/access_policy.hpp"

namespace meshhost::relay::proto {

struct server_config {
    access_policy access;

    std::uint64_t client_bytes_per_second = 0;  ///< read from one connection; 0: without limit
    std::uint64_t client_burst_bytes = 0;       ///< 0: a tenth of a second's, at least 64 KiB

    std::size_t queue_frames_max = 512;  ///< datagram frames waiting for one client
    /// In bytes. Ours: a second of 2 Mbit/s, or four frames of the longest.
    std::size_t queue_bytes_max = std::size_t{256} << 10;
    /// Of all clients together. Ours: what a machine with 1 GiB can lose.
    std::size_t queued_bytes_max = std::size_t{256} << 20;
    std::size_t control_frames_max = 512;
    std::size_t control_bytes_max = std::size_t{64} << 10;

    duration ping_interval = 15s;   ///< of silence, before a ping
    duration ping_jitter_min = 1s;  ///< added to it
    duration ping_jitter_max = 5s;
    duration pong_timeout = 5s;
    duration write_timeout = 2s;  ///< without a byte taken, while some wait

    duration restart_in = 1s;        ///< told to clients on shut_down(): each waits up to this
    duration restart_try_for = 30s;  ///< and tries for so long
};

}  // namespace meshhost::relay::proto
