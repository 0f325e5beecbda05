// SPDX-License-Identifier: Apache-2.0
#pragma once
// A relay, from the bytes behind a client's WebSocket upgrade on: who the clients are, what goes to
// whom, who is slow, silent or too loud. Pure: bytes and time in, bytes and outputs out.
#include "base/prng.hpp"
#include "relay/proto/byte_budget.hpp"
#include "relay/proto/frame_queue.hpp"
#include "relay/proto/relay_handshake.hpp"
#include "relay/proto/relay_seats.hpp"
#include "relay/proto/server_config.hpp"
#include "wire/websocket_frame.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <set>

namespace meshhost::relay::proto {

/// Why a connection ends.
enum class client_end : std::uint8_t {
    left,       ///< the client closed
    denied,     ///< it is not served, or is not who it says
    violation,  ///< it sent what the protocol has not
    late,       ///< it did not say who it is in time
    silent,     ///< it did not answer a ping
    slow,       ///< it does not take what is sent to it
    same_id,    ///< too many connections of one id: the oldest
    shut_down,  ///< the relay ends
};

const char* to_string(client_end end) noexcept;

enum class server_output_kind : std::uint8_t {
    write,          ///< outgoing() has something: write until the socket or outgoing() is full
    close,          ///< write outgoing() once, then close the socket, then closed()
    pause,          ///< do not read from it
    resume,         ///< read from it again
    authenticated,  ///< it is a client now
};

struct server_output {
    server_output_kind kind;
    client_number client;
    client_end end = client_end::left;  ///< of close
};

/// Counted since the start.
struct server_stats {
    std::uint64_t datagrams_received = 0;  ///< frames of datagrams, for anyone
    std::uint64_t datagrams_sent = 0;      ///< of these, handed to the socket of their receiver
    std::uint64_t bytes_received = 0;      ///< of datagrams, without any header
    std::uint64_t bytes_sent = 0;
    std::uint64_t dropped_unknown = 0;  ///< nobody of that id is here
    std::uint64_t dropped_full = 0;     ///< the receiver's queue was
    std::uint64_t dropped_memory = 0;   ///< all queues together were
    std::uint64_t pings_received = 0;
    std::uint64_t pings_sent = 0;
    std::uint64_t stream_bytes_received = 0;  ///< everything behind the upgrades
    std::uint64_t stream_bytes_sent = 0;
    std::uint64_t rate_limited = 0;  ///< times a client was not read from for a while
    std::uint64_t accepted = 0;      ///< clients that became known
    std::uint64_t proven = 0;        ///< of these, by the proof in the header: without a challenge
    std::uint64_t superseded = 0;
    std::uint64_t promoted = 0;
    std::array<std::uint64_t, 8> ended{};  ///< by client_end
};

/// Of a connection whose upgrade was answered.
struct client_opening {
    relay_version version;
    challenge asked;                                   ///< fresh randomness, sent unless `proven`
    std::optional<identity::endpoint_id> proven = {};  ///< by the header's proof
    bool has_token = false;
    time_point authenticate_by;
};

/// handle → poll_output() until nullopt → arm next_deadline(). One client_number is opened once and
/// closed() once. Calls about clients that are not there do nothing.
class relay_server_state {
public:
    relay_server_state(server_config config, prng random);
    relay_server_state(const relay_server_state&) = delete;
    relay_server_state& operator=(const relay_server_state&) = delete;
    ~relay_server_state();

    void open(client_number who, const client_opening& how, time_point now);
    /// Bytes of its stream, which are written to.
    void received(client_number who, std::span<std::uint8_t> bytes, time_point now);
    /// Its socket is gone.
    void closed(client_number who, time_point now);

    /// What to write to its socket next; empty: nothing. Valid until the next call.
    bytes_view outgoing(client_number who) const;
    /// The first `count` bytes of outgoing() are written.
    void taken(client_number who, std::size_t count, time_point now);
    /// Its socket takes no more: it is given write_timeout from now.
    void blocked(client_number who, time_point now);

    /// Tells every client that the relay restarts. Then write, and close() them in time.
    void shut_down(time_point now);
    /// Ends one connection, or all.
    void close(client_number who, client_end why);
    void close_all(client_end why);
    /// Another access list from now on; clients that it does not allow are denied.
    void set_access(access_policy access);

    std::optional<server_output> poll_output();
    std::optional<time_point> next_deadline() const;
    void handle_deadline(time_point now);

    const server_stats& stats() const noexcept { return stats_; }
    std::size_t connections() const noexcept { return sessions_.size(); }
    std::size_t clients() const noexcept { return seats_.size() + seats_.inactive(); }
    std::size_t clients_inactive() const noexcept { return seats_.inactive(); }
    std::size_t queued_bytes() const noexcept { return queued_; }
    void check_invariants() const;

private:
    struct session;

    session* find(client_number who) const;
    void read_messages(session& of, time_point now);
    void on_message(session& of, const wire::websocket_message& message, time_point now);
    void on_frame(session& of, std::span<std::uint8_t> message, time_point now);
    void on_auth(session& of, std::span<std::uint8_t> message, time_point now);
    void admit(session& of, const identity::endpoint_id& id, time_point now);
    void refuse(session& of, std::string_view reason);
    void forward(session& from, const datagrams_frame& frame, time_point now);
    void on_pong(session& of, const ping_data& data);
    void leave(session& of);
    void tell_status(session& of, std::uint8_t status, std::string_view text);
    void send_control(session& to, bytes_view frame);
    void send_control(session& to, wire::websocket_opcode opcode, bytes_view payload);
    void send_datagrams(session& to, const frame_head& head, const datagrams_frame& frame);
    void note_queue(session& of, bool was_empty, std::size_t before);
    void end(session& of, client_end why);
    void arm(session& of, time_point at);
    void arm_ping(session& of);
    void check_time(session& of, time_point now);
    void check_ping(session& of, time_point now);
    void output(server_output_kind kind, const session& of, client_end end = client_end::left);

    server_config config_;
    prng random_;
    relay_seats seats_;
    boost::unordered_flat_map<client_number, std::unique_ptr<session>, std::hash<client_number>>
        sessions_;
    std::set<std::pair<time_point, client_number>> timers_;  ///< one for each session, at most
    std::deque<server_output> outputs_;
    server_stats stats_;
    std::size_t queued_ = 0;  ///< bytes in all queues
    bool is_shutting_down_ = false;
};

}  // namespace meshhost::relay::proto
