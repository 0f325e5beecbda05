// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finds a direct path for one relayed connection: tells the peer our addresses, starts rounds of
// probes on both ends at once, has the QUIC client move to an address that answered, and begins
// again when the network changes or the path dies. Always ends direct or relayed, with a reason.
//
// The client leads: it begins the rounds and alone migrates (RFC 9000 §9). The server offers its
// addresses, answers, probes as well, and says which of its own addresses worked.
#include "base/token_bucket.hpp"
#include "nat/proto/peer_candidates.hpp"
#include "nat/proto/probe_round.hpp"
#include "nat/proto/punch_config.hpp"
#include "nat/proto/punch_message.hpp"
#include "nat/proto/punch_packet.hpp"
#include "nat/proto/reach_reason.hpp"

#include <deque>
#include <optional>
#include <variant>

namespace meshhost::nat::proto {

// --- what the driver is to do ---

/// To the end of the control stream's queue, in order.
struct send_control {
    byte_buffer bytes;
};
/// A datagram, from the socket that QUIC uses. It may be lost.
struct send_probe {
    ip_endpoint to;
    ip_endpoint from;  ///< the address of ours to send from; unspecified: any
    punch_packet bytes;
};
/// The client's only: move the connection there. Answer with path_validated() or path_failed().
struct migrate_to {
    ip_endpoint remote;
    ip_endpoint local;  ///< as send_probe::from
};
/// The client's only: move the connection back to its relay.
struct use_relay {
    ip_endpoint from;  ///< the address that does not answer any more
};
/// How the peer is reached is another than before.
struct reach_changed {
    reach now;
};
/// The peer, which is authenticated, sees us at this address: one vote for it.
struct seen_at {
    ip_endpoint address;
};
/// The peer broke a rule of the control stream: reset it. The connection goes on.
struct peer_broke_rule {
    error_code why;
};

using punch_action = std::variant<
    send_control,
    send_probe,
    migrate_to,
    use_relay,
    reach_changed,
    seen_at,
    peer_broke_rule>;

/// What became of a datagram that looked like a probe: for the driver's counters.
enum class probe_verdict : std::uint8_t {
    taken,
    forged,      ///< not of the peer, or changed: nothing was done
    stale,       ///< of an earlier round, an answer to nothing, or repeated by a third party
    over_limit,  ///< too many at once: not answered
};

/// Counts since the start.
struct punch_counts {
    std::uint64_t rounds = 0;
    std::uint64_t questions_sent = 0;
    std::uint64_t answers_sent = 0;
    std::uint64_t answers_taken = 0;
    std::uint64_t moves = 0;         ///< the client's: migrations begun
    std::uint64_t moves_failed = 0;  ///< of those
    std::uint64_t actions_dropped = 0;
};

/// A machine, of one connection; one thread; owned by whoever owns the connection, and gone with
/// it. Lifecycle: start() once the control stream is there; then inputs, after each of which the
/// driver takes every action and arms its timer for next_deadline().
class puncher {
public:
    puncher(punch_role role, const punch_secret& secret);

    /// Names the connection in the probes of both ends.
    const punch_token& token() const noexcept { return sealer_.token(); }

    // --- inputs: what we are ---

    void start(time_point now);
    /// All there are now.
    void set_candidates(const candidate_set& own, time_point now);
    void set_traits(const nat_traits& own, time_point now);
    /// Of the path through the relay; 0: not measured.
    void set_relay_rtt(duration rtt) noexcept { relay_rtt_ = rtt; }
    /// Other interfaces, another uplink, a wake-up: all that was found out is in doubt. Call it
    /// after set_candidates().
    void network_changed(time_point now);

    // --- inputs: what comes ---

    void receive_control(bytes_view bytes, time_point now);
    /// The peer has no such stream, refused or ended it.
    void control_closed(time_point now);
    /// A datagram for which looks_like_punch(), at `local`, from `remote`.
    probe_verdict receive_probe(
        const ip_endpoint& local,
        const ip_endpoint& remote,
        bytes_view datagram,
        time_point now
    );

    /// The connection uses a direct path to `remote` from now on: because of migrate_to, because
    /// the client moved (then we are the server), or for reasons of the driver's own. `rtt` 0: not
    /// measured.
    void path_validated(const ip_endpoint& remote, duration rtt, time_point now);
    /// The path in use to `remote`, or the one that migrate_to asked for, does not work (any more);
    /// or, at the server, the client moved back to the relay. Others are ignored.
    void path_failed(const ip_endpoint& remote, time_point now);
    /// The smoothed round trip of the direct path in use.
    void path_measured(duration rtt) noexcept;

    // --- outputs ---

    std::optional<punch_action> poll_action();
    /// After handle_deadline(now) it is later than `now`; no_deadline: waits for nothing.
    time_point next_deadline() const noexcept;
    void handle_deadline(time_point now);

    reach current() const noexcept { return said_; }
    /// The direct path in use.
    std::optional<ip_endpoint> direct_remote() const noexcept;
    /// Where migrate_to asked for, while it is not known what came of it.
    std::optional<ip_endpoint> moving_to() const noexcept;
    bool is_probing() const noexcept { return round_.has_value(); }
    const punch_counts& counts() const noexcept { return counts_; }
    void check_invariants() const;

private:
    struct direct_path {
        ip_endpoint remote;
        duration rtt{};
        reach_reason why = reach_reason::punched;
    };
    struct move {
        ip_endpoint remote;  ///< unspecified at a server, which only knows that the client moves
        std::optional<ip_endpoint> seen;
        time_point until = no_deadline;
    };
    /// What is another than before: our uplink, what we know of ourselves, what the peer says.
    enum class cause : std::uint8_t { network, own, peers };

    bool is_client() const noexcept { return role_ == punch_role::client; }

    // puncher.cpp
    void push(punch_action action);
    void report();
    reach reach_now() const noexcept;
    std::optional<reach_reason> why_not() const noexcept;
    bool is_udp_blocked() const noexcept;
    reach_reason why_failed() const noexcept;
    reach_reason why_direct(const ip_endpoint& remote, const std::optional<ip_endpoint>& seen)
        const;

    // puncher_peer.cpp: the control stream
    void offer();
    void say(const control_frame& frame);
    void say_hello();
    bool take(const control_frame& frame, time_point now);
    bool take_hello(const hello_frame& frame, time_point now);
    bool take_reach_out(const reach_out_frame& frame, time_point now);
    bool take_probe_ok(const probe_ok_frame& frame, time_point now);
    bool refuse(error_code why);

    // puncher_round.cpp: rounds and moves
    void restart(cause why, time_point now);
    void begin_round(time_point now);
    void end_round(time_point now);
    void ask(time_point now);
    void verified(const verified_path& path, time_point now);
    void settle(time_point now);
    void move_on(time_point now);
    void move_failed(time_point now);
    void plan_upgrade(time_point now);
    bool is_good_enough() const noexcept;

    punch_role role_;
    punch_sealer sealer_;
    duration relay_rtt_{};

    candidate_set own_;
    nat_traits own_traits_;
    offered_candidates offered_;  ///< the server's
    peer_candidates told_;        ///< the client's
    candidate_set peers_;         ///< where the peer may be
    nat_traits peer_traits_;
    control_reader control_;

    bool is_started_ = false;
    bool has_hello_ = false;
    bool is_closed_ = false;    ///< the control stream
    bool has_changed_ = false;  ///< what the peer offers, in the bytes that are being read
    time_point hello_until_ = no_deadline;

    std::optional<probe_round> round_;
    std::uint32_t round_number_ = 0;
    std::uint8_t attempt_ = 0;        ///< rounds of this attempt that began; above the most: over
    std::uint8_t peer_attempts_ = 0;  ///< the server's: of how many
    std::size_t upgrades_ = 0;        ///< rounds after the attempt, or since direct
    time_point round_began_{};
    time_point next_round_ = no_deadline;  ///< the client's; the server's: the attempt is over
    time_point settle_at_ = no_deadline;
    bool is_move_failed_ = false;   ///< one of the round that runs
    bool has_move_failed_ = false;  ///< one of the last round that ended

    std::optional<move> move_;
    std::optional<direct_path> direct_;
    bool was_lost_ = false;  ///< the direct path, and no round has ended since

    token_bucket restarts_{
        1.0 / std::chrono::duration<double>(round_gap_min).count(),
        restarts_burst};
    token_bucket peer_rounds_{
        2.0 / std::chrono::duration<double>(round_gap_min).count(),
        2 * restarts_burst};
    token_bucket peer_restarts_{peer_restarts_per_second, peer_restarts_burst};
    token_bucket answers_{answers_per_second, answers_burst};

    std::deque<punch_action> actions_;
    reach said_;
    punch_counts counts_;
};

}  // namespace meshhost::nat::proto
