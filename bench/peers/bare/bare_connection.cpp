// SPDX-License-Identifier: Apache-2.0
#include "peers/bare/bare_connection.hpp"

#include <gnutls/crypto.h>
#include <ngtcp2/ngtcp2_crypto.h>
#include <ngtcp2/ngtcp2_crypto_gnutls.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <time.h>

namespace meshhost::bench {

namespace {

constexpr std::uint64_t stream_window = 8u << 20;
constexpr std::uint64_t connection_window = 24u << 20;

/// What every stream carries. ngtcp2 reads it again to retransmit, so it never changes.
const std::array<std::uint8_t, 65'536> payload{};

void random_bytes(std::uint8_t* into, std::size_t size, const ngtcp2_rand_ctx*) {
    gnutls_rnd(GNUTLS_RND_NONCE, into, size);
}

ngtcp2_cid random_id(std::size_t size) {
    ngtcp2_cid id{};
    id.datalen = size;
    gnutls_rnd(GNUTLS_RND_NONCE, id.data, size);
    return id;
}

bare_connection& owner_of(void* user) noexcept {
    return *static_cast<bare_connection*>(user);
}

}  // namespace

ngtcp2_tstamp bare_now() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<ngtcp2_tstamp>(now.tv_sec) * NGTCP2_SECONDS
           + static_cast<ngtcp2_tstamp>(now.tv_nsec);
}

/// What ngtcp2 calls; the names are those of its table.
struct bare_callbacks {
    static ngtcp2_conn* get_conn(ngtcp2_crypto_conn_ref* reference) {
        return owner_of(reference->user_data).conn_;
    }
    static int handshake_completed(ngtcp2_conn*, void* user) {
        owner_of(user).ready_ = true;
        return 0;
    }
    static int
    recv_stream_data(ngtcp2_conn*, std::uint32_t flags, std::int64_t id, std::uint64_t, const std::uint8_t* data, std::size_t size, void* user, void*) {
        const bool fin = (flags & NGTCP2_STREAM_DATA_FLAG_FIN) != 0;
        owner_of(user).on_stream_bytes(id, {data, size}, fin);
        return 0;
    }
    static int
    extend_max_stream_data(ngtcp2_conn*, std::int64_t id, std::uint64_t, void* user, void*) {
        auto& streams = owner_of(user).streams_;
        if (const auto found = streams.find(id); found != streams.end())
            found->second.blocked = false;
        return 0;
    }
    static int
    stream_close(ngtcp2_conn* conn, std::uint32_t, std::int64_t id, std::uint64_t, void* user, void*) {
        owner_of(user).streams_.erase(id);
        if (owner_of(user).is_server_) ngtcp2_conn_extend_max_streams_bidi(conn, 1);
        return 0;
    }
    static int get_new_connection_id(
        ngtcp2_conn*,
        ngtcp2_cid* id,
        std::uint8_t* reset_token,
        std::size_t size,
        void* user
    ) {
        *id = random_id(size);
        gnutls_rnd(GNUTLS_RND_NONCE, reset_token, NGTCP2_STATELESS_RESET_TOKENLEN);
        owner_of(user).add_id(*id);
        return 0;
    }
    static int remove_connection_id(ngtcp2_conn*, const ngtcp2_cid* id, void* user) {
        owner_of(user).ids_.remove(*id);
        return 0;
    }
};

bare_connection::bare_connection(
    const bare_credentials& credentials,
    connection_ids& ids,
    const sockaddr_in& local,
    const sockaddr_in& remote
)
    : credentials_(credentials)
    , ids_(ids)
    , local_(local)
    , remote_(remote) {}

bare_connection::~bare_connection() {
    for (const ngtcp2_cid& id : issued_)
        ids_.remove(id);
    if (conn_ != nullptr) ngtcp2_conn_del(conn_);
}

void bare_connection::prepare(bool is_server) {
    is_server_ = is_server;
    callbacks_.client_initial = ngtcp2_crypto_client_initial_cb;
    callbacks_.recv_client_initial = ngtcp2_crypto_recv_client_initial_cb;
    callbacks_.recv_crypto_data = ngtcp2_crypto_recv_crypto_data_cb;
    callbacks_.encrypt = ngtcp2_crypto_encrypt_cb;
    callbacks_.decrypt = ngtcp2_crypto_decrypt_cb;
    callbacks_.hp_mask = ngtcp2_crypto_hp_mask_cb;
    callbacks_.recv_retry = ngtcp2_crypto_recv_retry_cb;
    callbacks_.update_key = ngtcp2_crypto_update_key_cb;
    callbacks_.delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb;
    callbacks_.delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb;
    callbacks_.get_path_challenge_data = ngtcp2_crypto_get_path_challenge_data_cb;
    callbacks_.version_negotiation = ngtcp2_crypto_version_negotiation_cb;
    callbacks_.rand = random_bytes;
    callbacks_.handshake_completed = bare_callbacks::handshake_completed;
    callbacks_.recv_stream_data = bare_callbacks::recv_stream_data;
    callbacks_.extend_max_stream_data = bare_callbacks::extend_max_stream_data;
    callbacks_.stream_close = bare_callbacks::stream_close;
    callbacks_.get_new_connection_id = bare_callbacks::get_new_connection_id;
    callbacks_.remove_connection_id = bare_callbacks::remove_connection_id;

    ngtcp2_settings_default(&settings_);
    settings_.initial_ts = bare_now();
    settings_.max_tx_udp_payload_size = udp_payload_max;
    settings_.no_tx_udp_payload_size_shaping = 1;
    settings_.cc_algo = NGTCP2_CC_ALGO_CUBIC;

    ngtcp2_transport_params_default(&parameters_);
    parameters_.initial_max_streams_bidi = 100;
    parameters_.initial_max_stream_data_bidi_local = stream_window;
    parameters_.initial_max_stream_data_bidi_remote = stream_window;
    parameters_.initial_max_data = connection_window;
    parameters_.max_idle_timeout = 60 * NGTCP2_SECONDS;
    parameters_.active_connection_id_limit = 2;
}

void bare_connection::start_tls(bool is_server) {
    reference_.get_conn = bare_callbacks::get_conn;
    reference_.user_data = this;
    tls_ = make_session(is_server, credentials_, reference_);
    ngtcp2_conn_set_tls_native_handle(conn_, tls_.get());
}

void bare_connection::add_id(const ngtcp2_cid& id) {
    issued_.push_back(id);
    ids_.add(id, *this);
}

ngtcp2_path bare_connection::path() noexcept {
    return {
        {reinterpret_cast<sockaddr*>(&local_), sizeof local_},
        {reinterpret_cast<sockaddr*>(&remote_), sizeof remote_},
        nullptr};
}

void bare_connection::dial() {
    prepare(false);
    const ngtcp2_cid theirs = random_id(18);
    const ngtcp2_cid ours = random_id(connection_id_bytes);
    const ngtcp2_path over = path();
    const int error = ngtcp2_conn_client_new(
        &conn_,
        &theirs,
        &ours,
        &over,
        NGTCP2_PROTO_VER_V1,
        &callbacks_,
        &settings_,
        &parameters_,
        nullptr,
        this
    );
    if (error != 0) std::abort();  // only for our own mistakes
    start_tls(false);
    add_id(ours);
}

bool bare_connection::accept(const ngtcp2_pkt_hd& initial) {
    prepare(true);
    parameters_.original_dcid = initial.dcid;
    const ngtcp2_cid ours = random_id(connection_id_bytes);
    const ngtcp2_path over = path();
    const int error = ngtcp2_conn_server_new(
        &conn_,
        &initial.scid,
        &ours,
        &over,
        initial.version,
        &callbacks_,
        &settings_,
        &parameters_,
        nullptr,
        this
    );
    if (error != 0) return false;
    start_tls(true);
    add_id(ours);
    add_id(initial.dcid);  // the client repeats its Initial under it
    return true;
}

void bare_connection::fail(int error) {
    const bool in_order = error == NGTCP2_ERR_DRAINING || error == NGTCP2_ERR_CLOSING
                          || error == NGTCP2_ERR_IDLE_CLOSE;
    if (!in_order) std::fprintf(stderr, "connection: %s\n", ngtcp2_strerror(error));
    dead_ = true;
}

void bare_connection::read(std::span<const std::uint8_t> packet) {
    const ngtcp2_path over = path();
    const ngtcp2_pkt_info info{};
    const int error =
        ngtcp2_conn_read_pkt(conn_, &over, &info, packet.data(), packet.size(), bare_now());
    if (error != 0) fail(error);
}

void bare_connection::on_deadline() {
    if (const int error = ngtcp2_conn_handle_expiry(conn_, bare_now()); error != 0) fail(error);
}

ngtcp2_tstamp bare_connection::deadline() const {
    return ngtcp2_conn_get_expiry(conn_);
}

void bare_connection::on_stream_bytes(
    std::int64_t id,
    std::span<const std::uint8_t> bytes,
    bool fin
) {
    ngtcp2_conn_extend_max_stream_offset(conn_, id, bytes.size());
    ngtcp2_conn_extend_max_offset(conn_, bytes.size());
    stream& to = streams_[id];
    if (is_server_) return serve_bytes(to, bytes, fin);
    received_ += bytes.size();
    if (to.mark == sink_mark && bytes.size() == sizeof sink_count_)
        std::memcpy(&sink_count_, bytes.data(), sizeof sink_count_);
}

void bare_connection::serve_bytes(stream& to, std::span<const std::uint8_t> bytes, bool fin) {
    if (to.mark == 0 && !bytes.empty()) {
        to.mark = bytes.front();
        bytes = bytes.subspan(1);
    }
    to.received += bytes.size();
    if (to.mark == echo_mark) to.pending += bytes.size();
    if (!fin) return;
    if (to.mark == sink_mark) {
        to.reply = to.received;
        to.pending = sizeof to.reply;
    }
    to.fin = true;
}

void bare_connection::open_stream(std::uint8_t mark, std::uint64_t bytes, bool fin) {
    if (ngtcp2_conn_open_bidi_stream(conn_, &own_stream_, nullptr) != 0) return fail(0);
    stream& opened = streams_[own_stream_];
    opened.mark = mark;
    opened.mark_sent = false;
    opened.pending = bytes;
    opened.fin = fin;
}

void bare_connection::add_bytes(std::uint64_t bytes) {
    streams_[own_stream_].pending += bytes;
}

bare_connection::write_source bare_connection::next_source() {
    for (auto& [id, each] : streams_) {
        if (each.blocked) continue;
        if (!each.mark_sent) {
            return {id, &each, {&each.mark, 1}, NGTCP2_WRITE_STREAM_FLAG_MORE};
        }
        const bool has_end = each.fin && !each.fin_sent;
        if (each.pending == 0 && !has_end) continue;
        const bool is_reply = is_server_ && each.mark == sink_mark;
        const std::size_t size = std::min<std::uint64_t>(each.pending, payload.size());
        std::uint8_t* const base = is_reply
                                       ? reinterpret_cast<std::uint8_t*>(&each.reply + 1) - size
                                       : const_cast<std::uint8_t*>(payload.data());
        const bool ends = each.fin && size == each.pending;
        return {
            id,
            &each,
            {base, size},
            ends ? std::uint32_t{NGTCP2_WRITE_STREAM_FLAG_FIN}
                 : std::uint32_t{NGTCP2_WRITE_STREAM_FLAG_NONE}};
    }
    return {-1, nullptr, {nullptr, 0}, NGTCP2_WRITE_STREAM_FLAG_NONE};
}

void bare_connection::taken(const write_source& source, std::uint64_t bytes) {
    if (!source.from->mark_sent) {
        source.from->mark_sent = bytes > 0;
        return;
    }
    source.from->pending -= bytes;
    const bool ended = (source.flags & NGTCP2_WRITE_STREAM_FLAG_FIN) != 0;
    if (ended && source.from->pending == 0) source.from->fin_sent = true;
}

void bare_connection::flush(packet_train& out) {
    if (dead_) return;
    const ngtcp2_tstamp now = bare_now();
    const std::size_t quantum = ngtcp2_conn_get_send_quantum(conn_);
    ngtcp2_path_storage over;
    ngtcp2_path_storage_zero(&over);
    ngtcp2_pkt_info info;
    std::span<std::uint8_t> room = out.room(udp_payload_max);
    for (std::size_t total = 0; total < quantum;) {
        const write_source source = next_source();
        ngtcp2_ssize consumed = -1;
        const ngtcp2_ssize size = ngtcp2_conn_writev_stream(
            conn_,
            &over.path,
            &info,
            room.data(),
            std::min(room.size(), ngtcp2_conn_get_path_max_tx_udp_payload_size(conn_)),
            &consumed,
            source.flags,
            source.id,
            &source.bytes,
            source.bytes.len > 0 ? 1 : 0,
            now
        );
        if (source.from != nullptr && consumed >= 0) {
            taken(source, static_cast<std::uint64_t>(consumed));
        }
        if (size == NGTCP2_ERR_WRITE_MORE) continue;
        if (size == NGTCP2_ERR_STREAM_DATA_BLOCKED || size == NGTCP2_ERR_STREAM_SHUT_WR) {
            source.from->blocked = true;
            continue;
        }
        if (size < 0) return fail(static_cast<int>(size));
        if (size == 0) break;
        out.commit(remote_, static_cast<std::size_t>(size));
        total += static_cast<std::size_t>(size);
        room = out.room(udp_payload_max);
    }
    out.finish();
    // Before that, ngtcp2's pacer would spread the handshake over its assumed round trip of
    // 333 ms.
    if (ready_) ngtcp2_conn_update_pkt_tx_time(conn_, now);
}

void bare_connection::close(packet_train& out) {
    const std::span<std::uint8_t> room = out.room(udp_payload_max);
    ngtcp2_path_storage over;
    ngtcp2_path_storage_zero(&over);
    ngtcp2_pkt_info info;
    ngtcp2_connection_close_error reason;
    ngtcp2_connection_close_error_default(&reason);
    const ngtcp2_ssize size = ngtcp2_conn_write_connection_close(
        conn_,
        &over.path,
        &info,
        room.data(),
        room.size(),
        &reason,
        bare_now()
    );
    if (size > 0) {
        out.commit(remote_, static_cast<std::size_t>(size));
        out.finish();
    }
    dead_ = true;
}

}  // namespace meshhost::bench
