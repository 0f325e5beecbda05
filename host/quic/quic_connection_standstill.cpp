// SPDX-License-Identifier: Apache-2.0
// Where what was sent is not acknowledged any more, though the connection lives: how long packets
// may be.
#include "quic/quic_connection.hpp"

#include <algorithm>

namespace meshhost::quic {

namespace {
constexpr duration review_gap = 100ms;
}  // namespace

/// UDP bytes of the longest packet that ngtcp2 has found to arrive, and that still does.
std::size_t quic_connection::path_mtu() const noexcept {
    return black_hole_.limit(ngtcp2_conn_get_path_max_tx_udp_payload_size(conn_.get()));
}

/// What ngtcp2 gets to write a packet into, a probe for a longer one included. What it sends again
/// it cuts anew, so that it fits.
std::size_t quic_connection::packet_bytes_max() const noexcept {
    return black_hole_.limit(context_.config.udp_payload_max);
}

/// Each stream by itself: the small packets of one arrive while the long ones of another vanish.
/// When a deadline has come, for one of loss does as long as something is under way.
void quic_connection::review_standstill(time_point now) {
    if (!is_connected() || closing_) return;
    ngtcp2_conn_stat stat;
    ngtcp2_conn_get_conn_stat(conn_.get(), &stat);
    black_hole_.unanswered(stat.pto_count, probe_timeout(), now);
    if (now < standstill_review_) return;
    standstill_review_ = now + review_gap;
    time_point since = now;
    for (auto& [id, stream] : streams_) {
        const std::uint64_t offset = stream.out.acknowledged();
        if (stream.out.bytes_under_way() == 0) {
            stream.standstill.reset();
        } else if (!stream.standstill || stream.standstill->offset != offset) {
            stream.standstill = {offset, now};
        } else {
            since = std::min(since, stream.standstill->since);
        }
    }
    if (!long_datagrams_lost_) datagrams_stuck_since_.reset();
    if (long_datagrams_lost_ && !datagrams_stuck_since_) datagrams_stuck_since_ = now;
    since = std::min(since, datagrams_stuck_since_.value_or(now));
    black_hole_.stuck(since, probe_timeout(), now);
}

}  // namespace meshhost::quic
