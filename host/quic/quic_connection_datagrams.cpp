// SPDX-License-Identifier: Apache-2.0
// DATAGRAM frames (RFC 9221), and what ngtcp2 0.12 forgets about them: a packet with nothing else
// in it starts no probe timeout, so that a few lost ones would fill the congestion window for
// good. Hence they may fill half of it at most, and are asked after with a PING when nothing is
// heard of them.
#include "quic/quic_connection.hpp"

#include <algorithm>

namespace meshhost::quic {

namespace {
constexpr unsigned probe_backoff_max = 4;  // doublings
// Short header 1 + id, packet number 4, AEAD tag 16, frame type 1, length 2.
constexpr std::size_t overhead = 1 + NGTCP2_MAX_CIDLEN + 4 + 16 + 3;
constexpr std::uint64_t long_one = 1;  // in the number that ngtcp2 knows a frame by
}  // namespace

std::size_t quic_connection::datagram_size_max() const noexcept {
    if (ended_) return 0;
    const ngtcp2_transport_params* const remote =
        ngtcp2_conn_get_remote_transport_params(conn_.get());
    if (remote == nullptr || remote->max_datagram_frame_size == 0) return 0;
    std::size_t const frame = static_cast<std::size_t>(remote->max_datagram_frame_size);
    return std::min(path_mtu() - overhead, frame > 3 ? frame - 3 : 0);
}

bool quic_connection::send_datagram(bytes_view data) {
    if (!is_connected() || closing_ || data.size() > datagram_size_max()) return false;
    if (datagrams_.size() >= context_.config.datagrams_queued_max) return false;
    datagrams_.emplace_back(data.begin(), data.end());
    mark_dirty();
    return true;
}

ngtcp2_ssize quic_connection::write_datagram_frame(
    ngtcp2_path_storage& path,
    ngtcp2_pkt_info& info,
    std::span<std::uint8_t> room,
    time_point now
) {
    byte_buffer& frame = datagrams_.front();
    const ngtcp2_vec vector{frame.data(), frame.size()};
    const bool is_long = frame.size() + overhead > black_hole::size_min;
    int accepted = 0;
    const ngtcp2_ssize n = ngtcp2_conn_writev_datagram(
        conn_.get(),
        &path.path,
        &info,
        room.data(),
        room.size(),
        &accepted,
        NGTCP2_WRITE_DATAGRAM_FLAG_MORE,
        next_datagram_ << 1 | (is_long ? long_one : 0),
        &vector,
        frame.empty() ? 0 : 1,  // ngtcp2 asserts that no vector is empty
        to_tstamp(now)
    );
    if (accepted != 0) {
        datagrams_.erase(datagrams_.begin());
        ++next_datagram_;
        ++datagrams_under_way_;
    }
    return n;
}

void quic_connection::drop_oversized_datagrams() {
    // The path may have shrunk since they were queued: they would block all behind them.
    if (datagrams_.empty()) return;
    std::erase_if(datagrams_, [limit = datagram_size_max()](const byte_buffer& frame) {
        return frame.size() > limit;
    });
}

bool quic_connection::may_write_datagram() const {
    if (datagrams_.empty()) return false;
    ngtcp2_conn_stat stat;
    ngtcp2_conn_get_conn_stat(conn_.get(), &stat);
    return stat.bytes_in_flight < stat.cwnd / 2;
}

void quic_connection::on_datagram_settled(std::uint64_t id, bool arrived) {
    if ((id & long_one) != 0) long_datagrams_lost_ = !arrived;
    if (datagrams_under_way_ > 0) --datagrams_under_way_;
    probes_unanswered_ = 0;
    probe_at_ = no_deadline;  // counted from now by the flush that follows
}

void quic_connection::probe_for_datagrams(packet_writer& writer, time_point now) {
    if (datagrams_under_way_ == 0) return;
    if (probe_at_ <= now && !writer.blocked()) {
        write_ping(writer, now);
        probes_unanswered_ = std::min(probes_unanswered_ + 1, probe_backoff_max);
        probe_at_ = no_deadline;
    }
    if (probe_at_ == no_deadline) probe_at_ = now + probe_timeout() * (1u << probes_unanswered_);
}

}  // namespace meshhost::quic
