// SPDX-License-Identifier: Apache-2.0
// What a relay does because time has passed.
#include "base/assert.hpp"
#include "relay/proto/relay_server_session.hpp"

#include <algorithm>
#include <cstring>

namespace meshhost::relay::proto {

/// Lazy: an entry that is too early is looked at, and put where it belongs.
void relay_server_state::arm(session& of, time_point at) {
    if (at >= of.armed) return;
    timers_.erase({of.armed, of.number});
    timers_.emplace(at, of.number);
    of.armed = at;
}

void relay_server_state::arm_ping(session& of) {
    const auto spread = config_.ping_jitter_max - config_.ping_jitter_min;
    const duration jitter(static_cast<duration::rep>(
        random_.below(static_cast<std::uint64_t>(std::max<duration::rep>(spread.count(), 0)) + 1)
    ));
    arm(of, of.last_received + config_.ping_interval + config_.ping_jitter_min + jitter);
}

std::optional<time_point> relay_server_state::next_deadline() const {
    if (timers_.empty()) return {};
    return timers_.begin()->first;
}

void relay_server_state::handle_deadline(time_point now) {
    while (!timers_.empty() && timers_.begin()->first <= now) {
        session* const of = find(timers_.begin()->second);
        timers_.erase(timers_.begin());
        of->armed = no_deadline;
        check_time(*of, now);
    }
}

void relay_server_state::check_time(session& of, time_point now) {
    if (of.at == session::phase::ending) return;
    if (of.blocked_since != no_deadline) {
        const time_point end_at = of.blocked_since + config_.write_timeout;
        if (now >= end_at) return end(of, client_end::slow);
        arm(of, end_at);
    }
    if (of.paused_until != no_deadline) {
        if (now >= of.paused_until) {
            of.paused_until = no_deadline;
            output(server_output_kind::resume, of);
        } else {
            arm(of, of.paused_until);
        }
    }
    if (of.at == session::phase::unknown) {
        if (now >= of.authenticate_by) return end(of, client_end::late);
        return arm(of, of.authenticate_by);
    }
    check_ping(of, now);
}

/// Whoever sends is there, whether or not it answers; whoever is not read from cannot.
void relay_server_state::check_ping(session& of, time_point now) {
    const bool is_waiting = of.ping_sent != no_deadline;
    if (is_waiting && of.last_received <= of.ping_sent && of.paused_until == no_deadline) {
        const time_point end_at = of.ping_sent + config_.pong_timeout;
        if (now >= end_at) return end(of, client_end::silent);
        return arm(of, end_at);
    }
    if (is_waiting) of.ping_sent = no_deadline;
    if (of.paused_until != no_deadline) return arm(of, now + config_.ping_interval);
    if (of.last_received + config_.ping_interval + config_.ping_jitter_min > now)
        return arm_ping(of);
    const std::uint64_t random = random_.next();
    std::memcpy(of.ping.data(), &random, sizeof random);
    of.ping_sent = now;
    ++stats_.pings_sent;
    of.datagrams.trim();
    of.control.trim();
    send_control(of, encode(ping_frame{of.ping}).view());
    arm(of, now + config_.pong_timeout);
}

void relay_server_state::check_invariants() const {
    std::size_t queued = 0;
    std::size_t armed = 0;
    std::size_t clients = 0;
    for (const auto& [number, of] : sessions_) {
        queued += of->queued();
        if (of->armed != no_deadline) {
            ++armed;
            MH_ASSERT(timers_.contains({of->armed, number}), "what is armed has a timer");
        }
        MH_ASSERT(of->control.bytes() <= config_.control_bytes_max, "control is bounded");
        MH_ASSERT(of->datagrams.bytes() <= config_.queue_bytes_max, "datagrams are bounded");
        MH_ASSERT(of->datagrams.frames() <= config_.queue_frames_max, "in number, too");
        MH_ASSERT(of->reader.held() <= message_max + 139, "what is not whole is bounded");
        if (of->at != session::phase::client) continue;
        ++clients;
        const auto active = seats_.active(of->id);
        MH_ASSERT(active.has_value(), "a client has a seat");
        const session* const sitting = find(*active);
        MH_ASSERT(sitting != nullptr, "whoever has a seat is there");
        MH_ASSERT(sitting->at == session::phase::client, "and is a client");
    }
    MH_ASSERT(queued == queued_, "the books of queued bytes are right");
    MH_ASSERT(armed == timers_.size(), "each timer is some session's");
    MH_ASSERT(clients == this->clients(), "each client has one place");
}

}  // namespace meshhost::relay::proto
