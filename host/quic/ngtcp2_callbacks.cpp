// SPDX-License-Identifier: Apache-2.0
#include "quic/ngtcp2_callbacks.hpp"

#include "quic/connection_id.hpp"
#include "quic/quic_connection.hpp"

#include <ngtcp2/ngtcp2_crypto.h>

#include <cstring>

namespace meshhost::quic {

namespace {

/// Connections read one packet at a time, each on its endpoint's thread.
thread_local std::uint64_t opened_here = 0;

/// ngtcp2 tells of no packet that it took, and takes none that this did not open.
int decrypt(
    std::uint8_t* out,
    const ngtcp2_crypto_aead* aead,
    const ngtcp2_crypto_aead_ctx* key,
    const std::uint8_t* sealed,
    std::size_t sealed_size,
    const std::uint8_t* nonce,
    std::size_t nonce_size,
    const std::uint8_t* header,
    std::size_t header_size
) {
    const int rv = ngtcp2_crypto_decrypt_cb(
        out,
        aead,
        key,
        sealed,
        sealed_size,
        nonce,
        nonce_size,
        header,
        header_size
    );
    if (rv == 0) ++opened_here;
    return rv;
}

}  // namespace

std::uint64_t packets_opened() noexcept {
    return opened_here;
}

/// The one door through which C callbacks reach the connection's private half.
struct ngtcp2_callbacks_access {
    static quic_connection& from(void* user_data) {
        return *static_cast<quic_connection*>(user_data);
    }

    static int client_initial(ngtcp2_conn*, void* user) {
        return from(user).has_begun_ ? 0 : NGTCP2_ERR_CALLBACK_FAILURE;
    }

    static int recv_crypto_data(
        ngtcp2_conn*,
        ngtcp2_crypto_level level,
        std::uint64_t,
        const std::uint8_t* data,
        std::size_t size,
        void* user
    ) {
        return from(user).on_crypto_data(level, {data, size});
    }

    static int handshake_completed(ngtcp2_conn*, void* user) {
        return from(user).on_handshake_completed();
    }

    static int stream_open(ngtcp2_conn*, std::int64_t id, void* user) {
        return from(user).on_stream_opened(stream_id(id));
    }

    static int
    recv_stream_data(ngtcp2_conn*, std::uint32_t flags, std::int64_t id, std::uint64_t, const std::uint8_t* data, std::size_t size, void* user, void*) {
        const bool fin = (flags & NGTCP2_STREAM_DATA_FLAG_FIN) != 0;
        const bool early = (flags & NGTCP2_STREAM_DATA_FLAG_EARLY) != 0;
        return from(user).on_stream_bytes(stream_id(id), {data, size}, fin, early);
    }

    static int
    acked_stream_data_offset(ngtcp2_conn*, std::int64_t id, std::uint64_t, std::uint64_t size, void* user, void*) {
        from(user).on_acknowledged(stream_id(id), size);
        return 0;
    }

    static int
    stream_reset(ngtcp2_conn*, std::int64_t id, std::uint64_t, std::uint64_t code, void* user, void*) {
        from(user).on_stream_reset(stream_id(id), code);
        return 0;
    }

    static int
    stream_close(ngtcp2_conn*, std::uint32_t, std::int64_t id, std::uint64_t code, void* user, void*) {
        from(user).on_stream_closed(stream_id(id), code);
        return 0;
    }

    static int
    extend_max_stream_data(ngtcp2_conn*, std::int64_t id, std::uint64_t, void* user, void*) {
        from(user).on_stream_credit(stream_id(id));
        return 0;
    }

    static int extend_max_streams_uni(ngtcp2_conn*, std::uint64_t, void* user) {
        from(user).on_streams_granted();
        return 0;
    }

    static int recv_datagram(
        ngtcp2_conn*,
        std::uint32_t flags,
        const std::uint8_t* data,
        std::size_t size,
        void* user
    ) {
        from(user).on_datagram({data, size}, (flags & NGTCP2_DATAGRAM_FLAG_EARLY) != 0);
        return 0;
    }

    static int ack_datagram(ngtcp2_conn*, std::uint64_t id, void* user) {
        from(user).on_datagram_settled(id, true);
        return 0;
    }

    static int lost_datagram(ngtcp2_conn*, std::uint64_t id, void* user) {
        from(user).on_datagram_settled(id, false);
        return 0;
    }

    static int recv_new_token(ngtcp2_conn*, const ngtcp2_vec* token, void* user) {
        from(user).on_token({token->base, token->len});
        return 0;
    }

    static int recv_stateless_reset(ngtcp2_conn*, const ngtcp2_pkt_stateless_reset*, void* user) {
        from(user).on_stateless_reset();
        return 0;
    }

    static int path_validation(
        ngtcp2_conn*,
        std::uint32_t,
        const ngtcp2_path* path,
        ngtcp2_path_validation_result result,
        void* user
    ) {
        from(user).on_path_validation(*path, result == NGTCP2_PATH_VALIDATION_RESULT_SUCCESS);
        return 0;
    }

    static int early_data_rejected(ngtcp2_conn*, void* user) {
        return from(user).on_early_data_rejected();
    }

    static int get_new_connection_id(
        ngtcp2_conn*,
        ngtcp2_cid* cid,
        std::uint8_t* token,
        std::size_t,
        void* user
    ) {
        quic_connection& connection = from(user);
        reset_token issued;
        *cid = connection.context_.owner.issue_id(connection, issued);
        std::memcpy(token, issued.data(), issued.size());
        return 0;
    }

    static int remove_connection_id(ngtcp2_conn*, const ngtcp2_cid* cid, void* user) {
        from(user).context_.owner.retire_id(*cid);
        return 0;
    }

    static int dcid_status(
        ngtcp2_conn*,
        int type,
        std::uint64_t,
        const ngtcp2_cid*,
        const std::uint8_t* token,
        void* user
    ) {
        if (token == nullptr) return 0;
        quic_connection& connection = from(user);
        reset_token copy;
        std::memcpy(copy.data(), token, copy.size());
        if (type == NGTCP2_CONNECTION_ID_STATUS_TYPE_ACTIVATE) {
            connection.context_.owner.heed_reset(connection, copy);
        } else {
            connection.context_.owner.forget_reset(connection, copy);
        }
        return 0;
    }

    static void random(std::uint8_t* out, std::size_t size, const ngtcp2_rand_ctx*) {
        fill_random(out, size);
    }

    static ngtcp2_callbacks common() {
        ngtcp2_callbacks table{};
        table.recv_crypto_data = recv_crypto_data;
        table.handshake_completed = handshake_completed;
        table.encrypt = ngtcp2_crypto_encrypt_cb;
        table.decrypt = decrypt;
        table.hp_mask = ngtcp2_crypto_hp_mask_cb;
        table.recv_stream_data = recv_stream_data;
        table.acked_stream_data_offset = acked_stream_data_offset;
        table.stream_open = stream_open;
        table.stream_close = stream_close;
        table.stream_reset = stream_reset;
        table.extend_max_stream_data = extend_max_stream_data;
        table.extend_max_local_streams_uni = extend_max_streams_uni;
        table.rand = random;
        table.get_new_connection_id = get_new_connection_id;
        table.remove_connection_id = remove_connection_id;
        table.dcid_status = dcid_status;
        table.update_key = ngtcp2_crypto_update_key_cb;
        table.delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb;
        table.delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb;
        table.recv_datagram = recv_datagram;
        table.ack_datagram = ack_datagram;
        table.lost_datagram = lost_datagram;
        table.recv_stateless_reset = recv_stateless_reset;
        table.get_path_challenge_data = ngtcp2_crypto_get_path_challenge_data_cb;
        table.path_validation = path_validation;
        table.version_negotiation = ngtcp2_crypto_version_negotiation_cb;
        return table;
    }
};

const ngtcp2_callbacks& client_callbacks() {
    static const ngtcp2_callbacks table = [] {
        ngtcp2_callbacks made = ngtcp2_callbacks_access::common();
        made.client_initial = ngtcp2_callbacks_access::client_initial;
        made.recv_retry = ngtcp2_crypto_recv_retry_cb;
        made.recv_new_token = ngtcp2_callbacks_access::recv_new_token;
        made.early_data_rejected = ngtcp2_callbacks_access::early_data_rejected;
        return made;
    }();
    return table;
}

const ngtcp2_callbacks& server_callbacks() {
    static const ngtcp2_callbacks table = [] {
        ngtcp2_callbacks made = ngtcp2_callbacks_access::common();
        made.recv_client_initial = ngtcp2_crypto_recv_client_initial_cb;
        return made;
    }();
    return table;
}

}  // namespace meshhost::quic
