// SPDX-License-Identifier: Apache-2.0
// PINGs, and what a connection concludes when nothing comes back.
#include "quic/quic_connection.hpp"

#include <algorithm>

namespace meshhost::quic {

namespace {

/// ngtcp2 does not repeat a keep-alive: there are two within the idle limit. A question of ours is.
constexpr double keep_alive_share = 0.4;
constexpr double question_share = 0.5;

constexpr std::string_view no_answer = "no answer to pings";

}  // namespace

void quic_connection::watch_liveness(const liveness_terms& terms, time_point now) {
    if (ended_) return;
    set_keep_alive(duration::zero());
    liveness_.watch(
        {std::min(terms.ping_every, idle_share(question_share)), terms.answer_within},
        now
    );
    mark_dirty();
}

void quic_connection::probe_now(time_point now) {
    if (!is_connected()) return;
    liveness_.probe(now);
    mark_dirty();
}

void quic_connection::set_keep_alive(duration interval) {
    if (ended_) return;
    keep_alive_ = std::min(interval, idle_share(keep_alive_share));
    ngtcp2_conn_set_keep_alive_timeout(conn_.get(), to_ngtcp2(keep_alive_));
    mark_dirty();
}

void quic_connection::on_refused(time_point now) {
    if (!is_connected() || closing_) return;
    review_liveness(liveness_.refused(now));
    mark_dirty();
}

/// What either end allows, for it may have said so in its transport parameters.
duration quic_connection::idle_share(double share) const noexcept {
    duration idle = context_.config.idle_timeout;
    const auto* const remote = ngtcp2_conn_get_remote_transport_params(conn_.get());
    if (remote != nullptr && remote->max_idle_timeout > 0) {
        const auto theirs = duration(static_cast<duration::rep>(remote->max_idle_timeout));
        idle = idle > duration::zero() ? std::min(idle, theirs) : theirs;
    }
    if (idle <= duration::zero()) return duration::max();
    return duration(static_cast<duration::rep>(static_cast<double>(idle.count()) * share));
}

void quic_connection::write_ping(packet_writer& writer, time_point now) {
    // A keep-alive that is due at once is the only PING ngtcp2 can be made to send.
    ngtcp2_conn_set_keep_alive_timeout(conn_.get(), 1);
    std::size_t written = 0;
    (void)write_packet(writer, written, now);
    writer.finish();
    bytes_sent_ += written;
    ngtcp2_conn_set_keep_alive_timeout(conn_.get(), to_ngtcp2(keep_alive_));
}

void quic_connection::ask_if_due(packet_writer& writer, time_point now) {
    notice_move();
    if (has_moved_ && !writer.blocked()) {
        has_moved_ = false;
        write_ping(writer, now);
        if (ended_ || closing_) return;
    }
    if (!liveness_.wants_ping(now) || writer.blocked()) return;
    write_ping(writer, now);
    if (ended_ || closing_) return;
    // Where there was no room for it, what is in flight will be answered.
    ngtcp2_conn_stat stat;
    ngtcp2_conn_get_conn_stat(conn_.get(), &stat);
    if (stat.bytes_in_flight > 0) liveness_.pinged(now, probe_timeout());
}

void quic_connection::review_liveness(liveness::verdict verdict) {
    if (ended_ || closing_) return;
    switch (verdict) {
    case liveness::verdict::alive:
        return;
    case liveness::verdict::refused:
        return end(close_cause::port_closed, 0, {});
    case liveness::verdict::silent:
        break;
    }
    // It is told, for if it only slept it would learn it by a stateless reset, as of a restart.
    closing_reason_ = no_answer;
    ngtcp2_connection_close_error told;
    ngtcp2_connection_close_error_set_transport_error(
        &told,
        NGTCP2_NO_ERROR,
        reinterpret_cast<std::uint8_t*>(closing_reason_.data()),
        closing_reason_.size()
    );
    close_with(told, {close_cause::unresponsive, 0, {}});
}

}  // namespace meshhost::quic
