// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every limit and timing of the plugin room. A guess is called one.
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>

namespace meshhost::plugin::proto {

// --- time

inline constexpr duration probe_limit = 3s;     ///< load, create and destroy in the probe process
inline constexpr duration create_limit = 10s;   ///< the same code has just passed the probe
inline constexpr duration start_limit = 10s;    ///< from the call to MESH_OK or started()
inline constexpr duration drain_limit = 3s;     ///< leaves time to stop within the five seconds
inline constexpr duration stop_limit = 4500ms;  ///< from the wish to stop to the last callback

inline constexpr duration stall_warn = 50ms;     ///< a callback that holds its strand this long
inline constexpr duration stall_sample = 250ms;  ///< and is worth looking where it is
inline constexpr duration stall_kill = 10s;      ///< and will not come back
inline constexpr unsigned restarts_max = 5;      ///< of a role that fails, within:
inline constexpr duration restart_window = 10min;
inline constexpr duration restart_first = 200ms;  ///< before the first; then twice as long each
inline constexpr duration restart_cap = 30s;
inline constexpr duration restart_create_limit = 1s;  ///< its first create took less

inline constexpr duration timer_span_max = 24h * 3660;  ///< ten years; keeps sums in range

// --- one instance

inline constexpr std::size_t posted_max = 1024;              ///< events waiting for the strand
inline constexpr std::size_t uplink_messages_max = 1024;     ///< under way to the host
inline constexpr std::size_t uplink_bytes_max = 4u << 20;    ///< of texts and bytes in them
inline constexpr std::size_t timers_max = 64;                ///< a guess: a role has a handful
inline constexpr std::size_t watches_max = 64;               ///< of peers, and as many of digests
inline constexpr std::size_t handoff_bytes_max = 64u << 20;  ///< of state, from code to code
inline constexpr std::size_t name_max = 32;                  ///< bytes kept of a timer's name
inline constexpr unsigned failures_in_a_row_max = 10;        ///< failed events before quarantine
inline constexpr std::uint64_t stray_calls_logged_max = 8;   ///< calls off the strand

// --- digest

inline constexpr std::size_t digest_keys_max = 32;          ///< half of what a node may carry
inline constexpr std::size_t digest_name_max = 32;          ///< bytes; the wire's
inline constexpr std::size_t digest_unit_max = 32;          ///< bytes; the wire's
inline constexpr std::uint32_t digest_bytes_default = 256;  ///< granted to an instance
inline constexpr std::uint32_t digest_bytes_max = 1024;     ///< that can be granted: four roles fit

// --- what a plugin says

inline constexpr std::size_t message_max = 1024;     ///< bytes kept of a log line or an error
inline constexpr std::size_t attributes_max = 32;    ///< written of one log line
inline constexpr std::size_t fault_text_max = 4096;  ///< bytes of a refusal with many problems
inline constexpr std::size_t list_max = 64;          ///< entries read of a NULL-terminated list
inline constexpr std::size_t text_max = 1024;        ///< bytes read of a text in a role's table
inline constexpr std::size_t roles_max = 16;         ///< in one shared object
inline constexpr std::size_t role_name_max = 32;     ///< bytes; the ABI's and the wire's

// --- files

inline constexpr std::size_t file_size_max = 256u
                                             << 20;  ///< a shared object with debug information

}  // namespace meshhost::plugin::proto
