// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every limit and timing of the plugin room. A guess is called one.
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>

namespace meshhost::plugin::proto {

// --- time

inline constexpr duration probe_limit = 3s;    ///< load, create and destroy in the probe process
inline constexpr duration create_limit = 10s;  ///< the same code has just passed the probe
inline constexpr duration start_limit = 10s;   ///< from the call to MESH_OK or started()
inline constexpr duration swap_wait_limit = 1800ms;  ///< before that, while events go on
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

/// A process keeps the limits of its role itself; the host ends it this much later.
inline constexpr duration worker_allowance = 1s;
/// And what the role may take to start: from new code to the word that it has taken over, or that
/// the old code goes on.
inline constexpr duration swap_limit = swap_wait_limit + stop_limit + worker_allowance;
inline constexpr duration unread_limit = 10s;  ///< that a process takes nothing of what it is told

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
inline constexpr std::size_t stray_sites_max = 8;            ///< places that call off the strand
inline constexpr duration refusals_told_every = 10s;         ///< of an exhausted budget

inline constexpr double faults_per_second = 5;  ///< lines of the log that one role's faults fill
inline constexpr double faults_at_once = 50;
inline constexpr duration health_changes_every = 1s;  ///< that are told, when it changes often
inline constexpr double health_changes_at_once = 10;

// --- state

inline constexpr std::uint64_t state_bytes_default = 4u << 20;  ///< of keys and values, granted
inline constexpr std::uint64_t state_bytes_max = std::uint64_t{64} << 30;  ///< that can be granted
inline constexpr std::size_t state_key_max = 255;                          ///< bytes
inline constexpr std::size_t state_value_max = 1u << 20;
inline constexpr std::size_t state_staged_max = 4096;            ///< writes of one commit
inline constexpr std::size_t state_staged_bytes_max = 4u << 20;  ///< of one commit
inline constexpr std::size_t state_commits_max = 16;             ///< under way
inline constexpr std::size_t state_listings_max = 16;            ///< places remembered for next()

// --- work off the strand

inline constexpr std::size_t worker_threads_min = 2;  ///< of the process
inline constexpr std::size_t worker_threads_max = 8;
inline constexpr std::size_t jobs_max = 64;         ///< of one instance, waiting or running
inline constexpr duration last_work_limit = 200ms;  ///< before stop, for what is under way

// --- health

inline constexpr std::size_t health_reason_max = 128;  ///< bytes

// --- metrics and traces

inline constexpr std::size_t instruments_max = 64;          ///< of one instance
inline constexpr std::size_t attribute_sets_max = 64;       ///< of one instrument; then overflow
inline constexpr std::size_t attribute_sets_all_max = 384;  ///< of one instance
inline constexpr std::size_t metric_attributes_max = 8;     ///< of one set
inline constexpr std::size_t metric_bounds_max = 32;        ///< of a histogram
inline constexpr std::size_t metric_name_max = 63;          ///< bytes; OpenTelemetry's old limit
inline constexpr std::size_t metric_unit_max = 32;          ///< bytes
inline constexpr std::size_t metric_text_max = 256;         ///< bytes of a description
inline constexpr std::size_t attribute_key_max = 64;        ///< bytes kept
inline constexpr std::size_t attribute_text_max = 128;      ///< bytes kept of a text
inline constexpr std::size_t spans_open_max = 256;          ///< of one instance
inline constexpr std::size_t spans_kept_max = 512;      ///< finished, at the host, of one instance
inline constexpr std::size_t span_attributes_max = 32;  ///< of a span, or of an event in it
inline constexpr std::size_t span_events_max = 32;      ///< of a span
inline constexpr std::size_t span_name_max = 128;       ///< bytes
inline constexpr std::size_t figures_askers_max = 16;   ///< waiting for the same metrics
inline constexpr duration reload_limit = 3s;            ///< for all instances to judge
inline constexpr duration figures_limit = 1s;           ///< for an instance to say its metrics

// --- gossip

inline constexpr std::size_t topic_size_max = 128;            ///< bytes of a topic's name
inline constexpr std::size_t subscriptions_max = 32;          ///< of one instance
inline constexpr std::size_t topics_opened_max = 16;          ///< by one that only speaks there
inline constexpr std::size_t topics_max = 256;                ///< of the host
inline constexpr std::size_t lag_messages_default = 256;      ///< that wait for one subscription
inline constexpr std::size_t lag_messages_max = 1024;         ///< that can be asked for
inline constexpr std::size_t lag_bytes_default = 256u << 10;  ///< of those, together
inline constexpr std::size_t lag_bytes_max = 1u << 20;
inline constexpr std::size_t gossip_window_messages = 32;  ///< under way to one subscription
inline constexpr std::size_t gossip_window_bytes = 64u << 10;
inline constexpr std::uint64_t gossip_budget_default = 64u << 10;  ///< bytes a second
inline constexpr std::uint64_t gossip_budget_max = 1u << 20;
inline constexpr double proofs_per_second = 500;  ///< checked of one topic; 1,000 at once
inline constexpr std::size_t unheard_max = 64;    ///< messages kept until somebody is there
inline constexpr duration unheard_retention = 10s;
inline constexpr duration topic_linger = 60s;    ///< of a topic where nothing is said or read
inline constexpr duration lonely_first = 250ms;  ///< until more peers are tried, while nobody is
inline constexpr duration lonely_cap = 16s;      ///< there; doubles
inline constexpr duration look_around = 60s;     ///< the same, while somebody is there
inline constexpr std::size_t contacts_max = 64;  ///< peers tried at one time

inline constexpr duration signing_limit = 5s;  ///< that a process waits for its host to sign

// --- messages

inline constexpr std::size_t message_ports_max = 32;        ///< of one instance
inline constexpr std::size_t requests_made_max = 256;       ///< without an answer
inline constexpr std::size_t requests_heard_max = 256;      ///< that it has to answer
inline constexpr std::size_t requests_of_port_max = 64;     ///< of those, of one port
inline constexpr std::size_t message_window_messages = 64;  ///< under way to one instance
inline constexpr std::size_t message_window_bytes = 2u << 20;
inline constexpr duration request_timeout_default = 10s;

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

// --- streams of one instance

inline constexpr std::size_t listeners_max = 16;
inline constexpr std::size_t connections_max = 256;  ///< dialled, accepted and offered
inline constexpr std::uint32_t listener_connections_default = 64;
inline constexpr std::size_t streams_max = 1024;                  ///< on all its connections
inline constexpr std::uint32_t connection_streams_max = 200;      ///< that both ends opened
inline constexpr std::uint32_t connection_streams_default = 100;  ///< what the wire allows a peer
/// Bytes of one stream that an instance was sent and has not read.
inline constexpr std::uint64_t stream_window_min = 16u << 10;
inline constexpr std::uint64_t stream_window_default = 256u << 10;
inline constexpr std::uint64_t stream_window_max = 1u << 20;
/// Bytes that an instance has written and the transport has not taken: of a stream, a connection,
/// all.
inline constexpr std::size_t stream_unsent_max = 256u << 10;
inline constexpr std::size_t connection_unsent_max = 1u << 20;
inline constexpr std::size_t instance_unsent_max = 8u << 20;
/// Bytes of a connection that the transport holds until the peer has them.
inline constexpr std::size_t connection_in_flight_max = 2u << 20;
/// Bytes that came from peers and were not read, of all streams: above it the fullest stream of the
/// peer that sent most is broken. Eight connections whose windows are full.
inline constexpr std::size_t instance_unread_max = 32u << 20;
inline constexpr std::size_t stream_message_max = 256u << 10;  ///< bytes of one link message
/// Pieces of one stream that an instance is sent before it reads: a byte each would be many.
inline constexpr std::size_t stream_pieces_max = 64;
inline constexpr duration connection_answer_limit = 5s;  ///< from CONN_IN to accept or reject
inline constexpr std::size_t alpn_max = 255;             ///< bytes; RFC 7301
inline constexpr std::size_t close_words_max = 256;      ///< bytes; the transport's
inline constexpr std::size_t stream_handles_max = listeners_max + connections_max + streams_max;

/// What can wait for a strand, its own posts and what streams bring.
inline constexpr std::size_t strand_queue_max = posted_max + streams_max * (stream_pieces_max + 1);

// --- descriptors

inline constexpr std::size_t fd_watches_max = 64;  ///< a guess; all are polled at every turn

// --- files

inline constexpr std::size_t file_size_max = 256u
                                             << 20;  ///< a shared object with debug information

}  // namespace meshhost::plugin::proto
