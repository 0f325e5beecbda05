// SPDX-License-Identifier: Apache-2.0
// What arrives at a connection: datagrams, the handshake's progress, stream bytes.
#include "quic/connection_id.hpp"
#include "quic/mapped_addr.hpp"
#include "quic/ngtcp2_callbacks.hpp"
#include "quic/quic_connection.hpp"

#include <ngtcp2/ngtcp2_crypto.h>

#include <algorithm>
#include <utility>

namespace meshhost::quic {

namespace {

constexpr std::size_t held_bytes_max = 64 * 1024;
/// How long a client waits for session tickets before it lets go of TLS.
constexpr duration ticket_patience = 3s;

}  // namespace

// ngtcp2 knows one path until the handshake is done, home_: copies of a flight that arrive over
// another are the same flight. What stands for home_ is answered_: for a client the path that
// answered its dial, from then on; for a server the newest of the ways its client reached it by,
// each in turn when it has to say something again, for it cannot know which of them lead back; and
// from the end of the handshake the one that the client has chosen.

//
// A server shows ngtcp2 every path but the current one under a name of its own for each move that
// its client has made: to one that comes back to where it was while the move is being validated
// ngtcp2 0.12.1 gives an assertion (conn_recv_non_probing_pkt_on_new_path), and its process an end.
// Under another name it is a path like any other.

path_id quic_connection::mapped(path_id physical) const {
    if (!connected_) return home_;
    if (is_client_) {
        if (physical == answered_) return home_;
        return physical == home_ ? answered_ : physical;
    }
    const ngtcp2_path& current = *ngtcp2_conn_get_path(conn_.get());
    if (physical == this->physical(current)) return path_id_of(current);
    return path_id(physical.value | moves_ << moves_shift);
}

void quic_connection::count_move(path_id before) {
    if (!is_client_ && path_id_of(*ngtcp2_conn_get_path(conn_.get())) != before) ++moves_;
}

/// A client chooses where it sends, not from where: what comes from there is of one path, at
/// whichever of its addresses it arrives.
path_id quic_connection::familiar(path_id heard) const {
    if (!is_client_ || std::find(paths_.begin(), paths_.end(), heard) != paths_.end()) return heard;
    const ip_endpoint from = context_.port.address_of(heard);
    const auto known = std::find_if(paths_.rbegin(), paths_.rend(), [&](path_id path) {
        return context_.port.address_of(path) == from;
    });
    return known == paths_.rend() ? heard : *known;
}

path_id quic_connection::physical(const ngtcp2_path& mapped) const {
    const path_id id = path_id_of(mapped);
    if (is_client_) return id;  // the port knows what its dial was settled to
    if (id == home_) return answered_;
    return path_id(id.value & ((std::uint64_t{1} << moves_shift) - 1));
}

void quic_connection::answer_elsewhere() {
    const auto last = std::find(paths_.begin(), paths_.end(), answered_);
    const bool again = last == paths_.end() || last + 1 == paths_.end();
    answered_ = again ? paths_.front() : *(last + 1);
}

void quic_connection::receive(
    path_id heard,
    std::uint8_t ecn,
    std::span<std::uint8_t> data,
    time_point now
) {
    if (ended_ || closing_) return;
    const path_id path = familiar(heard);
    bytes_received_ += data.size();
    last_heard_ = path;
    review_ = true;
    const bool was_connected = connected_;
    if (!is_client_ && !connected_ && use_path(path)) answered_ = path;
    const mapped_path address(mapped(path));
    const ngtcp2_pkt_info info{.ecn = ecn};
    std::uint64_t const opened = packets_opened();
    const path_id before = path_id_of(*ngtcp2_conn_get_path(conn_.get()));
    const int rv = ngtcp2_conn_read_pkt(
        conn_.get(),
        address.get(),
        &info,
        data.data(),
        data.size(),
        to_tstamp(now)
    );
    count_move(before);
    if (connected_ && !was_connected) {
        answered_ = path;
        use_path(path);
        if (is_client_ && path != home_) context_.port.settle(home_, path);
        tls_kept_until_ = now + ticket_patience;
    }
    if (packets_opened() != opened) {
        was_heard_ = true;
        liveness_.heard(now);
    }
    if (rv != 0) end_after_error(rv);
    mark_dirty();
}

time_point quic_connection::deadline() const noexcept {
    if (ended_) return no_deadline;
    const time_point own = std::min(probe_at_, liveness_.deadline());
    return std::min(from_tstamp(ngtcp2_conn_get_expiry(conn_.get())), own);
}

void quic_connection::on_deadline(time_point now) {
    if (ended_) return;
    // A server lets go of TLS when it has sent its ticket, however long the way out is full.
    if (is_client_ && tls_ && now >= tls_kept_until_) {
        ngtcp2_conn_set_tls_native_handle(conn_.get(), nullptr);
        tls_.reset();
    }
    if (!is_client_ && !connected_) answer_elsewhere();  // the answer may have to be given again
    if (const int rv = ngtcp2_conn_handle_expiry(conn_.get(), to_tstamp(now)); rv != 0) {
        end_after_error(rv);
    }
    review_standstill(now);
    review_liveness(liveness_.on_deadline(now));
    mark_dirty();
}

int quic_connection::on_crypto_data(ngtcp2_crypto_level level, bytes_view data) {
    // TLS is let go of once nothing of use can follow; what follows all the same is ignored.
    if (!tls_) return 0;
    const int rv =
        ngtcp2_crypto_read_write_crypto_data(conn_.get(), level, data.data(), data.size());
    if (rv != 0) {
        const int error = ngtcp2_conn_get_tls_error(conn_.get());
        return error != 0 ? error : NGTCP2_ERR_CRYPTO;
    }
    if (is_client_ && connected_) keep_ticket();
    return 0;
}

int quic_connection::on_handshake_completed() {
    if (closing_) return 0;  // its early data was refused
    if (!recognise_peer()) {
        ngtcp2_connection_close_error error;
        ngtcp2_connection_close_error_set_transport_error_tls_alert(
            &error,
            GNUTLS_A_BAD_CERTIFICATE,
            nullptr,
            0
        );
        const auto key = tls_->peer_key();
        const auto whose = key ? to_hex(*key) : std::string("no usable key");
        close_with(error, {close_cause::identity_mismatch, error.error_code, whose});
        return 0;
    }
    alpn_ = tls_->selected_alpn();
    connected_ = true;
    const auto without = tls_->is_resumed() ? handshake_kind::resumed : handshake_kind::full;
    handshake_ = tls_->early_data_accepted() ? handshake_kind::early_data : without;
    if (is_client_) {
        finish_client_handshake();
    } else {
        finish_server_handshake();
    }
    return 0;
}

void quic_connection::finish_client_handshake() {
    if (early_data_ && handshake_ != handshake_kind::early_data) {
        (void)ngtcp2_conn_early_data_rejected(conn_.get());
    }
    sink_->on_connected();
}

void quic_connection::finish_server_handshake() {
    if (sink_ == nullptr) sink_ = context_.owner.on_accepted(*this);
    if (sink_ == nullptr) return;  // refused: on_accepted has asked for the close
    for (const held_frame& frame : std::exchange(held_, {})) {
        if (closing_ || ended_) break;  // the sink has heard enough
        if (!frame.stream) {
            sink_->on_datagram(frame.data);
        } else if (frame.opened) {
            sink_->on_stream_event({*frame.stream, stream_event_kind::opened});
        } else {
            sink_->on_stream_data(*frame.stream, frame.data, frame.fin);
        }
    }
    held_bytes_ = 0;
}

void quic_connection::keep_ticket() {
    if ((gnutls_session_get_flags(tls_->get()) & GNUTLS_SFLAGS_SESSION_TICKET) == 0) return;
    auto ticket = tls_->ticket();
    if (!ticket) return;
    const ngtcp2_transport_params* const remote =
        ngtcp2_conn_get_remote_transport_params(conn_.get());
    context_.cache.store_ticket(peer_, alpn_, {std::move(*ticket), *remote});
}

void quic_connection::on_token(bytes_view token) {
    context_.cache.store_token(peer_, byte_buffer(token.begin(), token.end()));
}

bool quic_connection::recognise_peer() {
    const auto key = tls_->peer_key();
    if (!key) return false;
    // A dialler knows whom it expects; only a stranger's key need be proved a point of the curve.
    if (is_client_) return std::equal(key->begin(), key->end(), peer_.bytes().begin());
    const auto id = identity::endpoint_id::from_bytes(*key);
    if (id) peer_ = *id;
    return id.has_value();
}

bool quic_connection::ensure_sink_for_early_data() {
    if (sink_ != nullptr) return true;
    alpn_ = tls_->selected_alpn();
    if (!context_.owner.is_replay_safe(alpn_)) return false;
    if (!recognise_peer()) return false;  // the ticket was sealed for this key
    sink_ = context_.owner.on_accepted(*this);
    return sink_ != nullptr;
}

int quic_connection::on_stream_opened(stream_id id) {
    streams_[id].id = id;
    ++context_.counts.streams_opened;
    if (closing_) return 0;
    if (sink_ == nullptr && !ensure_sink_for_early_data()) {
        held_.push_back({.stream = id, .opened = true});
        return 0;
    }
    sink_->on_stream_event({id, stream_event_kind::opened});
    return 0;
}

int quic_connection::on_stream_bytes(stream_id id, bytes_view data, bool fin, bool early) {
    stream_state* const stream = find(id);
    if (stream == nullptr || closing_) return 0;
    stream->unconsumed += data.size();
    stream->fin_delivered = fin;
    if (sink_ == nullptr && !(early && ensure_sink_for_early_data())) {
        held_bytes_ += sizeof(held_frame) + data.size();
        if (held_bytes_ > held_bytes_max) return NGTCP2_ERR_CALLBACK_FAILURE;
        held_.push_back({.stream = id, .data = {data.begin(), data.end()}, .fin = fin});
        return 0;
    }
    sink_->on_stream_data(id, data, fin);
    return 0;
}

void quic_connection::on_datagram(bytes_view data, bool early) {
    if (closing_ || ended_) return;
    if (sink_ == nullptr && !(early && ensure_sink_for_early_data())) {
        const std::size_t size = sizeof(held_frame) + data.size();
        if (held_bytes_ + size > held_bytes_max) return;  // unreliable: may be dropped
        held_bytes_ += size;
        held_.push_back({.stream = std::nullopt, .data = {data.begin(), data.end()}});
        return;
    }
    sink_->on_datagram(data);
}

void quic_connection::on_acknowledged(stream_id id, std::size_t bytes) {
    stream_state* const stream = find(id);
    if (stream == nullptr) {
        acknowledge_orphan(id, bytes);
        return check_send_low();
    }
    stream->out.mark_acknowledged(bytes);
    // Half of the buffer free again: one event for many packets, and the pipe stays full.
    const bool roomy = stream->out.held_bytes() <= context_.config.send_buffer_bytes_max / 2;
    if (stream->wants_writable && roomy && sink_ != nullptr && !closing_) {
        stream->wants_writable = false;
        sink_->on_stream_event({id, stream_event_kind::writable});
    }
    check_send_low();
}

void quic_connection::check_send_low() {
    if (!send_low_ || send_bytes() > *send_low_ || sink_ == nullptr || closing_) return;
    send_low_.reset();
    sink_->on_send_low();
}

void quic_connection::on_stream_credit(stream_id id) {
    if (stream_state* const stream = find(id)) schedule(*stream);
}

void quic_connection::on_stream_reset(stream_id id, std::uint64_t code) {
    stream_state* const stream = find(id);
    if (stream == nullptr) return;
    stream->reading_done = true;
    if (sink_ == nullptr || closing_) return;
    sink_->on_stream_event({id, stream_event_kind::reset, code});
}

void quic_connection::acknowledge_orphan(stream_id id, std::size_t bytes) {
    const auto found = orphans_.find(id);
    if (found == orphans_.end()) return;
    found->second.mark_acknowledged(bytes);
    if (found->second.held_bytes() == 0) orphans_.erase(found);
}

void quic_connection::on_stream_closed(stream_id id, std::uint64_t code) {
    orphans_.erase(id);
    end_stream(id, code);
}

void quic_connection::end_stream(stream_id id, std::uint64_t code) {
    const auto found = streams_.find(id);
    if (found == streams_.end()) return;
    ngtcp2_conn_extend_max_offset(conn_.get(), found->second.unconsumed);
    drop_from_schedule(found->second);
    streams_.erase(found);
    ++context_.counts.streams_closed;
    if (!ngtcp2_conn_is_local_stream(conn_.get(), id.value)) {
        if (ngtcp2_is_bidi_stream(id.value)) {
            ngtcp2_conn_extend_max_streams_bidi(conn_.get(), 1);
        } else if (uni_streams_extended_ < streams_uni_lifetime_max) {
            ++uni_streams_extended_;
            ngtcp2_conn_extend_max_streams_uni(conn_.get(), 1);
        }
    }
    if (sink_ != nullptr && !closing_ && !ended_) {
        sink_->on_stream_event({id, stream_event_kind::closed, code});
    }
}

int quic_connection::on_early_data_rejected() {
    // The server forgot all of it, stream ids included: the same streams in the same order get
    // the same ids, and everything queued counts as unsent.
    ready_.clear();
    for (auto& [id, stream] : streams_) {
        std::int64_t again = 0;
        const bool bidi = ngtcp2_is_bidi_stream(id.value) != 0;
        const int rv = bidi ? ngtcp2_conn_open_bidi_stream(conn_.get(), &again, nullptr)
                            : ngtcp2_conn_open_uni_stream(conn_.get(), &again, nullptr);
        if (rv != 0 || again != id.value) return NGTCP2_ERR_CALLBACK_FAILURE;
        stream.out.rewind();
        stream.fin_sent = false;
        stream.scheduled = false;
        schedule(stream);
        if (stream.reset_code) {
            (void)ngtcp2_conn_shutdown_stream_write(conn_.get(), again, *stream.reset_code);
        }
        if (stream.stop_code) {
            (void)ngtcp2_conn_shutdown_stream_read(conn_.get(), again, *stream.stop_code);
        }
    }
    return 0;
}

}  // namespace meshhost::quic
