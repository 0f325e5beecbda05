// SPDX-License-Identifier: Apache-2.0
#include "quic/tls_session.hpp"

#include "base/assert.hpp"

#include <ngtcp2/ngtcp2_crypto_gnutls.h>

namespace meshhost::quic {

namespace {

void require(int rv, const char* what) {
    MH_ASSERT(rv >= 0, what);
}

gnutls_session_ptr make_session(const tls_context& context, unsigned flags) {
    gnutls_session_t raw = nullptr;
    require(gnutls_init(&raw, flags), "out of memory");
    gnutls_session_ptr session(raw);
    require(gnutls_priority_set(raw, context.priorities()), "the profile is valid");
    require(
        gnutls_credentials_set(raw, GNUTLS_CRD_CERTIFICATE, context.credentials()),
        "out of memory"
    );
    return session;
}

std::optional<bytes_view> peer_key_of(gnutls_session_t session) {
    unsigned count = 0;
    const gnutls_datum_t* const list = gnutls_certificate_get_peers(session, &count);
    if (list == nullptr || count != 1) return std::nullopt;
    return key_in_spki({list[0].data, list[0].size});
}

/// Runs when the peer's Certificate has arrived; GnuTLS itself then checks CertificateVerify.
int verify_any_ed25519(gnutls_session_t session) {
    return peer_key_of(session) ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

/// A peer that leaves its QUIC transport parameters out gets no further (RFC 9001 §8.2): ngtcp2
/// 0.12 does not notice before it asserts that it has them.
int require_transport_parameters(gnutls_session_t session, unsigned, unsigned, unsigned, const gnutls_datum_t*) {
    auto* const reference = static_cast<ngtcp2_crypto_conn_ref*>(gnutls_session_get_ptr(session));
    ngtcp2_conn* const conn = reference->get_conn(reference);
    const bool there = ngtcp2_conn_get_remote_transport_params(conn) != nullptr;
    return there ? 0 : GNUTLS_E_MISSING_EXTENSION;
}

/// `message` of the peer comes no earlier than its transport parameters.
void check_parameters_after(gnutls_session_t session, gnutls_handshake_description_t message) {
    gnutls_handshake_set_hook_function(
        session,
        message,
        GNUTLS_HOOK_POST,
        require_transport_parameters
    );
}

}  // namespace

void tls_session::set_alpns(std::span<std::string const> alpns, unsigned flags) {
    std::vector<gnutls_datum_t> list;
    list.reserve(alpns.size());
    for (const std::string& alpn : alpns) {
        auto* const data = reinterpret_cast<unsigned char*>(const_cast<char*>(alpn.data()));
        list.push_back({data, static_cast<unsigned>(alpn.size())});
    }
    require(
        gnutls_alpn_set_protocols(
            session_.get(),
            list.data(),
            static_cast<unsigned>(list.size()),
            flags
        ),
        "an ALPN is 1..255 bytes"
    );
}

tls_session tls_session::client(
    const tls_context& context,
    ngtcp2_crypto_conn_ref& reference,
    const std::string& alpn,
    const session_ticket* resume,
    bool early_data
) {
    // One key share, X25519: every peer has it, and a second one costs a P-256 key pair a dial.
    const unsigned flags = GNUTLS_CLIENT | GNUTLS_KEY_SHARE_TOP | GNUTLS_NO_END_OF_EARLY_DATA
                           | GNUTLS_ENABLE_RAWPK | (early_data ? GNUTLS_ENABLE_EARLY_DATA : 0);
    tls_session made(make_session(context, flags));
    const gnutls_session_t session = made.get();
    require(ngtcp2_crypto_gnutls_configure_client_session(session), "out of memory");
    // They come in EncryptedExtensions, which GnuTLS reads only after a hook on that message.
    check_parameters_after(session, GNUTLS_HANDSHAKE_FINISHED);
    gnutls_session_set_ptr(session, &reference);
    gnutls_session_set_verify_function(session, verify_any_ed25519);
    made.set_alpns({&alpn, 1}, GNUTLS_ALPN_MANDATORY);
    // No server name on purpose: iroh sends none since 1.1, and a server ignores it.
    if (resume != nullptr) {
        // A ticket that GnuTLS cannot read costs the resumption, nothing else.
        (void)gnutls_session_set_data(session, resume->data(), resume->size());
    }
    return made;
}

tls_session tls_session::server(
    const tls_context& context,
    ngtcp2_crypto_conn_ref& reference,
    std::span<std::string const> alpns
) {
    const unsigned flags = GNUTLS_SERVER | GNUTLS_NO_END_OF_EARLY_DATA | GNUTLS_ENABLE_RAWPK
                           | GNUTLS_NO_AUTO_SEND_TICKET | GNUTLS_ENABLE_EARLY_DATA;
    tls_session made(make_session(context, flags));
    const gnutls_session_t session = made.get();
    require(gnutls_session_ticket_enable_server(session, context.ticket_key()), "the key is whole");
    require(ngtcp2_crypto_gnutls_configure_server_session(session), "out of memory");
    check_parameters_after(session, GNUTLS_HANDSHAKE_CLIENT_HELLO);
    gnutls_anti_replay_enable(session, context.anti_replay());
    gnutls_record_set_max_early_data_size(session, 0xffffffffu);  // RFC 9001 §4.6.1
    gnutls_session_set_ptr(session, &reference);
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_function(session, verify_any_ed25519);
    made.set_alpns(alpns, GNUTLS_ALPN_MANDATORY | GNUTLS_ALPN_SERVER_PRECEDENCE);
    return made;
}

std::optional<bytes_view> tls_session::peer_key() const {
    return peer_key_of(session_.get());
}

std::string tls_session::selected_alpn() const {
    gnutls_datum_t alpn{};
    if (gnutls_alpn_get_selected_protocol(session_.get(), &alpn) != 0) return {};
    return std::string(reinterpret_cast<const char*>(alpn.data), alpn.size);
}

bool tls_session::is_resumed() const noexcept {
    return gnutls_session_is_resumed(session_.get()) != 0;
}

bool tls_session::early_data_accepted() const noexcept {
    return (gnutls_session_get_flags(session_.get()) & GNUTLS_SFLAGS_EARLY_DATA) != 0;
}

void tls_session::send_ticket() {
    // A ticket is a convenience: failing to send one must not cost the connection.
    (void)gnutls_session_ticket_send(session_.get(), 1, 0);
}

std::optional<session_ticket> tls_session::ticket() const {
    gnutls_datum_t data{};
    if (gnutls_session_get_data2(session_.get(), &data) != 0) return std::nullopt;
    session_ticket ticket(data.data, data.data + data.size);
    gnutls_memset(data.data, 0, data.size);
    gnutls_free(data.data);
    return ticket;
}

}  // namespace meshhost::quic
