// SPDX-License-Identifier: Apache-2.0
// The connection, as far as it matters here: a migration is a challenge that has to be answered
// (RFC 9000 §8.2), a path is alive as long as its pings are.
#include "sim/punch/punch_world.hpp"

#include <algorithm>

namespace meshhost::sim {

namespace {

constexpr duration ping_period = 5s;
constexpr duration calm_ping_period = 15s;  ///< below the lifetime of any mapping
constexpr duration ping_patience = 1s;
constexpr unsigned pings_max = 5;
constexpr unsigned challenges_max = 5;

}  // namespace

void punch_world::arm_quic(duration after) {
    at(after, quic_timer_event{++quic_.generation});
}

void punch_world::begin_move(const ip_endpoint& to) {
    trace(0, "moves to " + to.to_string());
    quic_.moving_to = to;
    quic_.is_refused = !is_over(schedule_.faults_end) && random_.chance(schedule_.move_refusal);
    quic_.unanswered = 0;
    quic_.asked_at = now_;
    if (!quic_.is_refused) {
        send(0, to, quic_packet{quic_packet::kind::challenge, ++quic_.number});
    }
    arm_quic(100ms);
}

/// Back to the relay, which the server learns through it.
void punch_world::fall_back() {
    trace(0, "moves back to the relay");
    quic_.remote.reset();
    quic_.moving_to.reset();
    ++quic_.generation;
    at(schedule_.relay_delay, moved_back_event{1});
}

void punch_world::on(quic_timer_event& due) {
    if (due.generation != quic_.generation) return;
    if (now_ < hosts_[0].frozen_until) {
        queue_.schedule(hosts_[0].frozen_until, due);
        return;
    }
    if (quic_.moving_to) {
        if (++quic_.unanswered > challenges_max) {
            const ip_endpoint to = *quic_.moving_to;
            quic_.moving_to.reset();
            if (quic_.remote) arm_quic(ping_period);
            hosts_[0].machine->path_failed(to, now_);
            drain(0);
            return;
        }
        if (!quic_.is_refused) {
            send(0, *quic_.moving_to, quic_packet{quic_packet::kind::challenge, ++quic_.number});
        }
        arm_quic(100ms * (1 << quic_.unanswered));
        return;
    }
    if (!quic_.remote) return;
    if (quic_.unanswered >= pings_max) {
        hosts_[0].machine->path_failed(*quic_.remote, now_);
        drain(0);
        return;
    }
    ++quic_.unanswered;
    quic_.asked_at = now_;
    send(0, *quic_.remote, quic_packet{quic_packet::kind::ping, ++quic_.number});
    arm_quic(ping_patience);
}

void punch_world::on_quic(host_index to, const ip_endpoint& from, const quic_packet& packet) {
    using kind = quic_packet::kind;
    if (to == 1) {
        const bool is_challenge = packet.what == kind::challenge;
        if (!is_challenge && packet.what != kind::ping) return;
        send(1, from, quic_packet{is_challenge ? kind::response : kind::pong, packet.number});
        if (is_challenge || server_remote_ == from) return;
        // Data from a new address: the client has moved (RFC 9000 §9.3).
        server_remote_ = from;
        hosts_[1].machine->path_validated(from, 0ms, now_);
        return;
    }
    if (packet.what == kind::response && quic_.moving_to == from) {
        quic_.remote = from;
        quic_.moving_to.reset();
        quic_.unanswered = 0;
        hosts_[0]
            .machine->path_validated(from, std::max<duration>(now_ - quic_.asked_at, 1us), now_);
        arm_quic(0ms);
    } else if (packet.what == kind::pong && quic_.remote == from && !quic_.moving_to) {
        quic_.unanswered = 0;
        hosts_[0].machine->path_measured(std::max<duration>(now_ - quic_.asked_at, 1us));
        arm_quic(is_over(schedule_.faults_end + 60s) ? calm_ping_period : ping_period);
    }
}

}  // namespace meshhost::sim
