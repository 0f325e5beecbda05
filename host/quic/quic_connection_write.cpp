// SPDX-License-Identifier: Apache-2.0
// How a connection fills packets: DATAGRAM frames first, then its streams in turn.
#include "quic/mapped_addr.hpp"
#include "quic/quic_connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace meshhost::quic {

namespace {
constexpr std::size_t vectors_per_packet = 8;
constexpr duration unpaced_rtt_max = 2ms;
}  // namespace

void quic_connection::schedule(stream_state& stream) {
    if (stream.has_output() && !stream.scheduled) {
        stream.scheduled = true;
        ready_.push_back(stream.id);
    }
}

void quic_connection::drop_from_schedule(stream_state& stream) {
    if (!stream.scheduled) return;
    stream.scheduled = false;
    ready_.erase(std::find(ready_.begin(), ready_.end(), stream.id));
}

void quic_connection::flush(packet_writer& writer, time_point now) {
    if (ended_) return;
    review_streams(now);
    if (ended_) return;
    if (closing_) return write_close(writer, now);
    // Ahead of everything: who asked one short question is gone once it has the answer.
    if (!is_client_ && connected_ && !tickets_sent_) offer_resumption(now);
    black_hole_.tick(now);
    drop_oversized_datagrams();
    std::size_t const quantum = ngtcp2_conn_get_send_quantum(conn_.get());
    std::size_t written = 0;
    while (written < quantum && !writer.blocked()) {
        if (write_packet(writer, written, now) == step::stop) break;
    }
    writer.finish();
    bytes_sent_ += written;
    if (!ended_ && !closing_) probe_for_datagrams(writer, now);
    if (!ended_ && !closing_) ask_if_due(writer, now);
    if (closing_) return write_close(writer, now);
    if (paces()) {
        ngtcp2_conn_update_pkt_tx_time(conn_.get(), to_tstamp(now));
        return;
    }
    if (written > 0 && !ended_) forget_sent(now);
    if (written >= quantum) mark_dirty();  // others first, then the next train
}

/// ngtcp2 adds up what is sent until it is asked when the next packet may go. Were it never asked
/// on a short path, all that went there would have to be waited for as soon as the path is a long
/// one: after a move, whose round trip is not known yet, for minutes.
void quic_connection::forget_sent(time_point now) {
    // Something else is due: that comes first, and the next flush does it.
    if (ngtcp2_conn_get_expiry(conn_.get()) <= to_tstamp(now)) return;
    constexpr ngtcp2_tstamp long_ago = 0;
    ngtcp2_conn_update_pkt_tx_time(conn_.get(), long_ago);
    if (const int rv = ngtcp2_conn_handle_expiry(conn_.get(), to_tstamp(now)); rv != 0)
        end_after_error(rv);
}

bool quic_connection::paces() const noexcept {
    // During the handshake ngtcp2 would spread the flights over the assumed initial RTT; on a
    // path shorter than a timer is exact, acknowledgements pace better than timers do.
    if (!connected_ || ended_) return false;
    ngtcp2_conn_stat stat;
    ngtcp2_conn_get_conn_stat(conn_.get(), &stat);
    return to_ngtcp2(unpaced_rtt_max) < stat.smoothed_rtt;
}

quic_connection::step quic_connection::write_packet(
    packet_writer& writer,
    std::size_t& written,
    time_point now
) {
    ngtcp2_path_storage path;
    ngtcp2_path_storage_zero(&path);
    ngtcp2_pkt_info info{};
    const auto room = writer.room(packet_bytes_max());
    for (;;) {
        ngtcp2_ssize n = 0;
        if (may_write_datagram()) {
            n = write_datagram_frame(path, info, room, now);
        } else {
            n = write_stream_frame(path, info, room, now);
        }
        if (n == NGTCP2_ERR_WRITE_MORE) continue;  // the packet has room for another frame
        if (n < 0) {
            end_after_error(static_cast<int>(n));
            return step::stop;
        }
        if (n == 0) return step::stop;  // congestion or pacing limited, or nothing to send
        const auto size = static_cast<std::size_t>(n);
        const path_id used = physical(path.path);
        use_path(used);
        black_hole_.sent(size, now);
        writer.commit(used, static_cast<std::uint8_t>(info.ecn), size);
        written += size;
        return step::more;
    }
}

stream_state* quic_connection::next_to_write() {
    if (ready_.empty()) return nullptr;
    // Offered 0-RTT data for which the congestion window has no room, ngtcp2 0.12 leaves the
    // Initial packet beside it unpadded, and every server drops that.
    if (!connected_ && ngtcp2_conn_get_cwnd_left(conn_.get()) == 0) return nullptr;
    return find(ready_.front());
}

ngtcp2_ssize quic_connection::write_stream_frame(
    ngtcp2_path_storage& path,
    ngtcp2_pkt_info& info,
    std::span<std::uint8_t> room,
    time_point now
) {
    stream_state* const stream = next_to_write();
    std::array<ngtcp2_vec, vectors_per_packet> vectors;
    std::size_t count = 0;
    std::uint32_t flags = NGTCP2_WRITE_STREAM_FLAG_NONE;
    if (stream != nullptr) {
        count = stream->out.unsent(vectors);
        if (stream->fin_queued) flags |= NGTCP2_WRITE_STREAM_FLAG_FIN;
        if (ready_.size() > 1) flags |= NGTCP2_WRITE_STREAM_FLAG_MORE;
    }
    // With FIN the frame must hold all that is left; more pieces than vectors wait a packet.
    std::size_t offered = 0;
    for (std::size_t i = 0; i < count; ++i)
        offered += vectors[i].len;
    if (stream != nullptr && offered < stream->out.unsent_bytes()) {
        flags &= ~NGTCP2_WRITE_STREAM_FLAG_FIN;
    }
    ngtcp2_ssize sent = -1;
    const ngtcp2_ssize n = ngtcp2_conn_writev_stream(
        conn_.get(),
        &path.path,
        &info,
        room.data(),
        room.size(),
        &sent,
        flags,
        stream != nullptr ? stream->id.value : -1,
        vectors.data(),
        count,
        to_tstamp(now)
    );
    if (stream == nullptr) return n;
    if (sent >= 0) {
        stream->out.mark_sent(static_cast<std::size_t>(sent));
        if (stream->out.unsent_bytes() == 0 && (flags & NGTCP2_WRITE_STREAM_FLAG_FIN) != 0) {
            stream->fin_sent = true;
        }
        drop_from_schedule(*stream);
        schedule(*stream);  // behind the others, if there is more
        return n;
    }
    switch (n) {
    case NGTCP2_ERR_STREAM_DATA_BLOCKED:  // no credit: on_stream_credit schedules it again
        drop_from_schedule(*stream);
        return NGTCP2_ERR_WRITE_MORE;
    default:
        return n;
    }
}

/// Finds the ends that ngtcp2 0.12 has no callback for. Before a packet is begun: while one is
/// being filled the application may not touch streams.
void quic_connection::review_streams(time_point now) {
    if (sink_ == nullptr || !std::exchange(review_, false)) return;
    for (auto it = streams_.begin(); it != streams_.end() && !ended_ && !closing_;) {
        stream_state& stream = (it++)->second;
        if (stream.waits_to_write() && is_stopped_by_peer(stream.id, now)) stop_sending(stream);
        if (!is_over(stream)) continue;
        if (stream.out.held_bytes() > 0) orphans_.emplace(stream.id, std::move(stream.out));
        end_stream(stream.id, stream.stop_code.value_or(0));
    }
}

bool quic_connection::is_stopped_by_peer(stream_id id, time_point now) {
    // A write too long to be valid writes nothing, but says first if there is nobody to read it.
    const ngtcp2_vec endless{nullptr, SIZE_MAX};
    const ngtcp2_ssize rv = ngtcp2_conn_writev_stream(
        conn_.get(),
        nullptr,
        nullptr,
        nullptr,
        0,
        nullptr,
        NGTCP2_WRITE_STREAM_FLAG_NONE,
        id.value,
        &endless,
        1,
        to_tstamp(now)
    );
    return rv == NGTCP2_ERR_STREAM_SHUT_WR;
}

/// ngtcp2 0.12 never closes a unidirectional stream of the peer, and does not open one whose reset
/// overtakes its data, so that the other end of it is never closed (its commits 1d591bde and
/// 8a0e1926 do).
bool quic_connection::is_over(const stream_state& stream) const {
    const bool bidi = ngtcp2_is_bidi_stream(stream.id.value) != 0;
    const bool ours = ngtcp2_conn_is_local_stream(conn_.get(), stream.id.value) != 0;
    // Until then a server may reject early data, and the stream is needed to number its successors.
    if (ours) return bidi && connected_ && stream.reset_code && stream.stop_code;
    const bool consumed = stream.fin_delivered && stream.unconsumed == 0;
    return !bidi && (consumed || stream.reading_done);
}

void quic_connection::stop_sending(stream_state& stream) {
    drop_from_schedule(stream);
    stream.sending_done = true;
    stream.out.drop_unsent();
    const stream_id id = stream.id;
    if (sink_ != nullptr) sink_->on_stream_event({id, stream_event_kind::stopped});
}

void quic_connection::offer_resumption(time_point now) {
    // One ticket and one token, now that the client's address and key are both proved.
    tickets_sent_ = true;
    tls_->send_ticket();
    const byte_buffer token = context_.owner.make_token(current_path(), now);
    if (!token.empty()) (void)ngtcp2_conn_submit_new_token(conn_.get(), token.data(), token.size());
    // A server has no more TLS to speak; ngtcp2 keeps the traffic keys and renews them itself.
    ngtcp2_conn_set_tls_native_handle(conn_.get(), nullptr);
    tls_.reset();
}

void quic_connection::write_close(packet_writer& writer, time_point now) {
    ngtcp2_path_storage path;
    ngtcp2_path_storage_zero(&path);
    ngtcp2_pkt_info info{};
    const auto room = writer.room(context_.config.udp_payload_max);
    const ngtcp2_ssize n = ngtcp2_conn_write_connection_close(
        conn_.get(),
        &path.path,
        &info,
        room.data(),
        room.size(),
        &*closing_,
        to_tstamp(now)
    );
    if (n > 0) {
        const auto size = static_cast<std::size_t>(n);
        farewell_.assign(room.data(), room.data() + size);
        writer.commit(physical(path.path), static_cast<std::uint8_t>(info.ecn), size);
        writer.finish();
    }
    end(closing_as_.cause, closing_as_.code, closing_as_.reason);
}

}  // namespace meshhost::quic
