// SPDX-License-Identifier: Apache-2.0
// Making a connection, what the application asks of it, and what it measures.
#include "quic/quic_connection.hpp"

#include "base/assert.hpp"
#include "quic/connection_id.hpp"
#include "quic/mapped_addr.hpp"
#include "quic/ngtcp2_callbacks.hpp"

#include <ngtcp2/ngtcp2_crypto.h>

#include <algorithm>

namespace meshhost::quic {

namespace {

// Below RFC 9002's 333 ms: a lost first flight is sent again after 0.3 s instead of one second.
constexpr duration initial_rtt = 100ms;
constexpr std::size_t client_chosen_id_size = 18;

quic_connection& connection_of(ngtcp2_crypto_conn_ref* reference) {
    return *static_cast<quic_connection*>(reference->user_data);
}

prng random_sequence() {
    std::uint64_t seed = 0;
    fill_random(reinterpret_cast<std::uint8_t*>(&seed), sizeof seed);
    return prng(seed);
}

}  // namespace

quic_connection::quic_connection(const connection_context& context, bool is_client, time_point)
    : context_(context)
    , is_client_(is_client)
    , keep_alive_(context.config.keep_alive)
    , liveness_(is_client, random_sequence()) {
    reference_.user_data = this;
    reference_.get_conn = [](ngtcp2_crypto_conn_ref* reference) {
        return connection_of(reference).conn_.get();
    };
}

quic_connection::~quic_connection() {
    context_.counts.streams_closed += streams_.size();
    for (const path_id path : paths_)
        context_.port.release(path);
}

ngtcp2_settings quic_connection::settings(time_point now) const {
    ngtcp2_settings made;
    ngtcp2_settings_default(&made);
    made.initial_ts = to_tstamp(now);
    made.initial_rtt = to_ngtcp2(initial_rtt);
    made.cc_algo = NGTCP2_CC_ALGO_CUBIC;
    made.max_tx_udp_payload_size = context_.config.udp_payload_max;
    made.handshake_timeout = to_ngtcp2(context_.config.handshake_timeout);
    return made;
}

ngtcp2_transport_params quic_connection::parameters() const {
    const transport_config& config = context_.config;
    ngtcp2_transport_params made;
    ngtcp2_transport_params_default(&made);
    made.initial_max_data = config.connection_window;
    made.initial_max_stream_data_bidi_local = config.stream_window;
    made.initial_max_stream_data_bidi_remote = config.stream_window;
    made.initial_max_stream_data_uni = config.stream_window;
    made.initial_max_streams_bidi = config.streams_bidi_max;
    made.initial_max_streams_uni = config.streams_uni_max;
    made.max_idle_timeout = to_ngtcp2(config.idle_timeout);
    made.active_connection_id_limit = active_connection_ids_max;
    made.max_datagram_frame_size = 65535;
    return made;
}

std::unique_ptr<quic_connection> quic_connection::dial(
    const connection_context& context,
    const dial_parameters& parameters,
    connection_sink& sink,
    time_point now
) {
    std::unique_ptr<quic_connection> made(new quic_connection(context, true, now));
    made->sink_ = &sink;
    made->peer_ = parameters.expected;
    made->alpn_ = parameters.alpn;
    made->home_ = made->answered_ = parameters.path;
    made->use_path(parameters.path);

    reset_token unused;
    client_start start{
        .parameters = parameters,
        .token = context.cache.take_token(parameters.expected),
        .ours = context.owner.issue_id(*made, unused),
        .now = now};
    if (parameters.resume) {
        start.remembered = context.cache.take_ticket(parameters.expected, parameters.alpn);
    }
    if (made->begin(start) || !start.remembered) return made;
    start.remembered.reset();
    (void)made->begin(start);
    return made;
}

/// Up to the ClientHello, which with early data cannot be written for a ticket whose time is over,
/// or has not come: the clock was set back. GnuTLS 3.7 alone knows a ticket's time, and ends the
/// handshake then; without early data it leaves the ticket out.
bool quic_connection::begin(client_start& start) {
    const dial_parameters& parameters = start.parameters;
    ngtcp2_settings settings = this->settings(start.now);
    settings.token = {start.token.data(), start.token.size()};
    const ngtcp2_transport_params local = this->parameters();
    ngtcp2_cid theirs{};
    theirs.datalen = client_chosen_id_size;
    fill_random(theirs.data, theirs.datalen);

    const mapped_path path(parameters.path);
    ngtcp2_conn* conn = nullptr;
    const int rv = ngtcp2_conn_client_new(
        &conn,
        &theirs,
        &start.ours,
        path.get(),
        NGTCP2_PROTO_VER_V1,
        &client_callbacks(),
        &settings,
        &local,
        context_.memory,
        this
    );
    MH_ASSERT(rv == 0, "ngtcp2 accepts our own settings");
    conn_ = own(conn, context_.counts);
    ngtcp2_conn_set_keep_alive_timeout(conn, to_ngtcp2(context_.config.keep_alive));

    early_data_ = start.remembered && parameters.early_data;
    tls_ = tls_session::client(
        context_.tls,
        reference_,
        parameters.alpn,
        start.remembered ? &start.remembered->ticket : nullptr,
        early_data_
    );
    ngtcp2_conn_set_tls_native_handle(conn, tls_->get());
    if (early_data_) {
        ngtcp2_conn_set_early_remote_transport_params(conn, &start.remembered->parameters);
    }
    has_begun_ = ngtcp2_crypto_client_initial_cb(conn, this) == 0;
    return has_begun_;
}

std::unique_ptr<quic_connection> quic_connection::accept(
    const connection_context& context,
    const accept_parameters& parameters,
    time_point now
) {
    std::unique_ptr<quic_connection> made(new quic_connection(context, false, now));
    made->home_ = made->answered_ = parameters.path;
    made->use_path(parameters.path);

    const ngtcp2_pkt_hd& header = parameters.header;
    ngtcp2_settings settings = made->settings(now);
    settings.token = header.token;
    reset_token token;
    const ngtcp2_cid ours = context.owner.issue_id(*made, token);
    ngtcp2_transport_params local = made->parameters();
    local.original_dcid = parameters.retried != nullptr ? *parameters.retried : header.dcid;
    if (parameters.retried != nullptr) {
        local.retry_scid_present = 1;
        local.retry_scid = header.dcid;
    }
    local.stateless_reset_token_present = 1;
    std::copy(token.begin(), token.end(), local.stateless_reset_token);

    const mapped_path path(parameters.path);
    ngtcp2_conn* conn = nullptr;
    const int rv = ngtcp2_conn_server_new(
        &conn,
        &header.scid,
        &ours,
        path.get(),
        header.version,
        &server_callbacks(),
        &settings,
        &local,
        context.memory,
        made.get()
    );
    if (rv != 0) {
        context.owner.retire_id(ours);
        return nullptr;
    }
    made->conn_ = own(conn, context.counts);
    ngtcp2_conn_set_keep_alive_timeout(conn, to_ngtcp2(context.config.keep_alive));
    made->tls_ = tls_session::server(context.tls, made->reference_, parameters.alpns);
    ngtcp2_conn_set_tls_native_handle(conn, made->tls_->get());
    return made;
}

std::optional<stream_id> quic_connection::open_stream(bool bidi) {
    if (ended_ || closing_ || (!connected_ && !early_data_)) return std::nullopt;
    std::int64_t id = 0;
    const int rv = bidi ? ngtcp2_conn_open_bidi_stream(conn_.get(), &id, nullptr)
                        : ngtcp2_conn_open_uni_stream(conn_.get(), &id, nullptr);
    if (rv != 0) return std::nullopt;
    streams_[stream_id(id)].id = stream_id(id);
    ++context_.counts.streams_opened;
    return stream_id(id);
}

void quic_connection::on_streams_granted() {
    if (connected_ && sink_ != nullptr && !closing_) sink_->on_streams_granted();
}

std::size_t quic_connection::write(stream_id id, bytes_view data, bool fin) {
    stream_state* const stream = find(id);
    if (stream == nullptr || stream->fin_queued || stream->sending_done) return 0;
    std::size_t const taken = stream->out.append(data, context_.config.send_buffer_bytes_max);
    stream->wants_writable = taken < data.size();
    stream->fin_queued = fin && taken == data.size();
    schedule(*stream);
    mark_dirty();
    return taken;
}

void quic_connection::consume(stream_id id, std::size_t bytes) {
    stream_state* const stream = find(id);
    if (stream == nullptr) return;
    bytes = std::min(bytes, stream->unconsumed);
    stream->unconsumed -= bytes;
    (void)ngtcp2_conn_extend_max_stream_offset(conn_.get(), id.value, bytes);
    ngtcp2_conn_extend_max_offset(conn_.get(), bytes);
    review_ = review_ || stream->fin_delivered;
    mark_dirty();
}

void quic_connection::reset(stream_id id, std::uint64_t code) {
    stream_state* const stream = find(id);
    if (stream == nullptr || stream->sending_done) return;
    stream->sending_done = true;
    stream->reset_code = code;
    review_ = true;
    stream->out.drop_unsent();
    drop_from_schedule(*stream);
    (void)ngtcp2_conn_shutdown_stream_write(conn_.get(), id.value, code);
    mark_dirty();
}

void quic_connection::stop(stream_id id, std::uint64_t code) {
    stream_state* const stream = find(id);
    if (stream == nullptr || stream->reading_done) return;
    stream->reading_done = true;
    stream->stop_code = code;
    review_ = true;
    (void)ngtcp2_conn_shutdown_stream_read(conn_.get(), id.value, code);
    mark_dirty();
}

void quic_connection::close(std::uint64_t code, std::string_view reason) {
    if (ended_ || closing_) return;
    closing_reason_ = reason.substr(0, close_reason_bytes_max);
    ngtcp2_connection_close_error error;
    ngtcp2_connection_close_error_set_application_error(
        &error,
        code,
        reinterpret_cast<std::uint8_t*>(closing_reason_.data()),
        closing_reason_.size()
    );
    close_with(error, {close_cause::closed_locally, code, closing_reason_});
}

void quic_connection::refuse(std::string_view why) {
    ngtcp2_connection_close_error error;
    ngtcp2_connection_close_error_set_transport_error(
        &error,
        NGTCP2_CONNECTION_REFUSED,
        nullptr,
        0
    );
    close_with(error, {close_cause::refused, NGTCP2_CONNECTION_REFUSED, std::string(why)});
}

void quic_connection::close_with(const ngtcp2_connection_close_error& error, close_reason as) {
    if (ended_ || closing_) return;
    closing_ = error;
    closing_as_ = std::move(as);
    mark_dirty();
}

void quic_connection::abandon(close_cause cause, std::string detail) {
    end(cause, 0, std::move(detail));
}

quic_connection::statistics quic_connection::measure() const {
    ngtcp2_conn_stat stat;
    ngtcp2_conn_get_conn_stat(conn_.get(), &stat);
    const auto to_duration = [](ngtcp2_duration length) {
        return length == UINT64_MAX ? duration{} : duration(static_cast<duration::rep>(length));
    };
    const bool sampled = stat.first_rtt_sample_ts != UINT64_MAX;
    return {
        .path = current_path(),
        .rtt = sampled ? to_duration(stat.smoothed_rtt) : duration{},
        .rtt_min = sampled ? to_duration(stat.min_rtt) : duration{},
        .bytes_sent = bytes_sent_,
        .bytes_received = bytes_received_,
        .mtu = path_mtu(),
        .probes_unanswered = stat.pto_count,
    };
}

std::size_t quic_connection::send_bytes() const noexcept {
    std::size_t bytes = 0;
    for (const auto& [id, stream] : streams_)
        bytes += stream.out.held_bytes();
    for (const auto& [id, orphan] : orphans_)
        bytes += orphan.held_bytes();
    return bytes;
}

bool quic_connection::was_ended_by_peer() const noexcept {
    return ngtcp2_conn_is_in_draining_period(conn_.get()) != 0;
}

duration quic_connection::probe_timeout() const noexcept {
    return duration(static_cast<duration::rep>(ngtcp2_conn_get_pto(conn_.get())));
}

duration quic_connection::linger() const noexcept {
    return 3 * probe_timeout();
}

boost::container::small_vector<ngtcp2_cid, 10> quic_connection::issued_ids() const {
    boost::container::small_vector<ngtcp2_cid, 10> ids(ngtcp2_conn_get_num_scid(conn_.get()));
    ids.resize(ngtcp2_conn_get_scid(conn_.get(), ids.data()));
    return ids;
}

stream_state* quic_connection::find(stream_id id) {
    if (ended_) return nullptr;
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : &found->second;
}

void quic_connection::mark_dirty() {
    context_.owner.on_dirty(*this);
}

}  // namespace meshhost::quic
