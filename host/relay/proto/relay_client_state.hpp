// SPDX-License-Identifier: Apache-2.0
#pragma once
// One client of one relay: when to connect, how to prove who we are, whether the relay is still
// there, what waits to be sent. Pure: bytes and time in, bytes and outputs out.
//
//   down ──due──▶ connecting ──connected()──▶ authenticating ──confirmed──▶ up
//    ▲                │ failed(), too long         │ refused, ...            │ lost, silent, ...
//    └────────────────┴────────────────────────────┴─────────────────────────┘
//
// A connection that failed is forgotten at once: whatever closing it takes is the driver's affair,
// and no attempt waits for it.
#include "base/backoff.hpp"
#include "base/prng.hpp"
#include "identity/secret_key.hpp"
#include "relay/proto/frame_queue.hpp"
#include "relay/proto/relay_handshake.hpp"
#include "relay/proto/relay_message.hpp"
#include "relay/proto/relay_status.hpp"
#include "wire/websocket_frame.hpp"

#include <deque>
#include <optional>
#include <string>
#include <variant>

namespace meshhost::relay::proto {

/// iroh's values where it has them.
struct client_config {
    duration connect_timeout = 10s;  ///< from the attempt to being up
    duration ping_interval = 15s;    ///< of silence, before a ping
    duration pong_timeout = 5s;
    duration answer_wait = 2s;  ///< of silence after we sent: then a ping, with as long again
    duration hurried_pong_timeout_min = 500ms;  ///< after a change of the network: 3 round trips
    duration retry_first = 10ms;
    duration retry_max = 16s;
    duration stable_after = 10s;  ///< up for so long: the next failure is a first one. A guess.
    duration stale_after = 3s;    ///< how long a datagram may wait for the relay to come up
    std::size_t queue_frames_max = 512;
    std::size_t queue_bytes_max = std::size_t{256} << 10;
    std::size_t control_frames_max = 64;
    std::size_t control_bytes_max = std::size_t{16} << 10;
};

// --- what the driver is to do
/// Begin to connect, under this number; whatever was before is over: close it.
struct connect_output {
    std::uint64_t attempt;
};
/// Close the connection, and wait for nothing.
struct disconnect_output {};
/// outgoing() has something: write until the socket or outgoing() is full.
struct write_output {};
/// Tell the sink.
struct status_output {
    relay_status status;
    down_reason reason;
};
/// Of a peer, as the relay says; `data` is valid until the next call.
struct datagrams_output {
    identity::endpoint_id peer;
    std::uint8_t ecn;
    std::span<std::uint8_t> data;
    std::size_t segment_size;
};
struct gone_output {
    identity::endpoint_id peer;
};
/// After send() returned false.
struct writable_output {};
/// The relay says something to its clients' people.
struct notice_output {
    std::string text;
};
using client_output = std::variant<
    connect_output,
    disconnect_output,
    write_output,
    status_output,
    datagrams_output,
    gone_output,
    writable_output,
    notice_output>;

struct client_stats {
    std::uint64_t datagrams_sent = 0;  ///< handed to the relay's socket
    std::uint64_t datagrams_received = 0;
    std::uint64_t bytes_sent = 0;  ///< of datagrams
    std::uint64_t bytes_received = 0;
    std::uint64_t dropped_full = 0;   ///< newer ones pushed them out of the queue
    std::uint64_t dropped_stale = 0;  ///< waited too long for the relay to come up
    std::uint64_t dropped_lost = 0;   ///< were queued when the connection failed
    std::uint64_t dropped_size = 0;   ///< empty, or of segments that no frame holds
    std::uint64_t challenges = 0;     ///< times it was asked to prove its key once more
    std::uint64_t connects = 0;       ///< times it was up
    std::uint64_t failures = 0;       ///< attempts and connections that failed
    std::uint64_t rate_limited = 0;   ///< times the relay said that we send too much
};

/// call → poll_output() until nullopt → arm next_deadline(). `key` outlives it.
class relay_client_state {
public:
    relay_client_state(const identity::secret_key& key, client_config config, prng random);

    void start(time_point now);
    void stop();
    void network_changed(time_point now);

    /// The relay has answered the upgrade of this attempt.
    void connected(std::uint64_t attempt, relay_version version, time_point now);
    /// It will not, or its connection is gone. Attempts that are over are ignored.
    void failed(std::uint64_t attempt, down_reason reason, time_point now);
    /// Bytes of the connection, which are written to and have to stay until poll_output() gives
    /// nothing.
    void received(std::span<std::uint8_t> bytes, time_point now);

    /// Datagrams of one frame, or of more. false: much is waiting.
    bool send(
        const identity::endpoint_id& peer,
        std::uint8_t ecn,
        bytes_view data,
        std::size_t segment_size,
        time_point now
    );
    bytes_view outgoing() const noexcept;
    void taken(std::size_t count);

    std::optional<client_output> poll_output();
    std::optional<time_point> next_deadline() const noexcept;
    void handle_deadline(time_point now);

    relay_status status() const noexcept;
    down_reason reason() const noexcept { return reason_; }
    bool is_superseded() const noexcept { return is_superseded_; }
    std::optional<duration> latency() const noexcept { return latency_; }
    const client_stats& stats() const noexcept { return stats_; }
    void check_invariants() const;

private:
    enum class phase : std::uint8_t { idle, waiting, connecting, authenticating, up, stopped };

    void attempt_now(time_point now);
    void fail(down_reason reason);
    void drop_connection();
    void read_message(const wire::websocket_message& message);
    void on_handshake(std::span<std::uint8_t> message);
    void on_frame(std::span<std::uint8_t> message);
    void on_datagrams(const datagrams_frame& frame);
    void on_status(std::uint8_t value);
    void become_up();
    void send_control(wire::websocket_opcode opcode, bytes_view payload);
    void queue_datagrams(
        const identity::endpoint_id& peer,
        std::uint8_t ecn,
        bytes_view data,
        std::size_t segment_size,
        time_point now
    );
    duration hurried_pong_timeout() const noexcept;
    time_point ping_at() const noexcept;
    void ping(time_point now, duration timeout);
    void drop_stale(time_point now);
    void wish_to_write();
    void note_room();
    bool is_crowded(std::size_t divisor) const noexcept;
    bool is_connected() const noexcept {
        return phase_ == phase::authenticating || phase_ == phase::up;
    }
    wire::websocket_mask mask() noexcept;
    std::optional<identity::endpoint_id> check_peer(const peer_bytes& bytes);

    const identity::secret_key& key_;
    client_config config_;
    prng random_;
    backoff retry_;
    phase phase_ = phase::idle;
    down_reason reason_ = down_reason::none;
    relay_version version_ = relay_version::v2;
    std::uint64_t attempt_ = 0;
    time_point now_{};              ///< of the last call that told it
    time_point due_ = no_deadline;  ///< waiting: the attempt; on the way: its end
    time_point up_since_{};
    time_point last_received_{};
    time_point sent_at_ = no_deadline;    ///< the first datagram since anything came, or was asked
    time_point ping_sent_ = no_deadline;  ///< of the ping that is not answered
    time_point pong_by_ = no_deadline;
    ping_data ping_{};
    std::optional<duration> latency_;
    std::optional<duration> restart_in_;  ///< the relay said it restarts: when to come back
    wire::websocket_reader reader_;
    frame_queue control_;
    frame_queue datagrams_;
    std::deque<time_point> waiting_since_;  ///< of the datagram frames, while it is not up
    std::deque<client_output> outputs_;
    client_stats stats_;
    bool is_superseded_ = false;
    bool is_sender_waiting_ = false;  ///< send() returned false
    bool is_write_told_ = false;      ///< since outgoing() was empty
};

}  // namespace meshhost::relay::proto
