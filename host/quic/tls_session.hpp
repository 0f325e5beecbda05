// SPDX-License-Identifier: Apache-2.0
#pragma once
// One TLS 1.3 handshake: GnuTLS set up for raw public keys on both sides. Lives only as long as
// there is TLS left to speak; ngtcp2 keeps the traffic keys.
#include "quic/ngtcp2_handles.hpp"
#include "quic/tls_context.hpp"

#include <ngtcp2/ngtcp2_crypto.h>

#include <optional>
#include <span>
#include <string>

namespace meshhost::quic {

/// What a client keeps to resume with: opaque to all but GnuTLS.
using session_ticket = byte_buffer;

class tls_session {
public:
    /// `reference` is how GnuTLS's callbacks find the connection; it outlives the session.
    static tls_session client(
        const tls_context& context,
        ngtcp2_crypto_conn_ref& reference,
        const std::string& alpn,
        const session_ticket* resume,
        bool early_data
    );
    static tls_session server(
        const tls_context& context,
        ngtcp2_crypto_conn_ref& reference,
        std::span<std::string const> alpns
    );

    gnutls_session_t get() const noexcept { return session_.get(); }

    /// The key the peer proved, valid as long as the session; nullopt before it has, or for
    /// anything but one Ed25519 key.
    std::optional<bytes_view> peer_key() const;
    std::string selected_alpn() const;
    bool is_resumed() const noexcept;
    bool early_data_accepted() const noexcept;

    /// Server, after the handshake: one ticket. The bytes leave through ngtcp2.
    void send_ticket();
    /// Client, after a NewSessionTicket: what to resume with next time.
    std::optional<session_ticket> ticket() const;

private:
    explicit tls_session(gnutls_session_ptr session)
        : session_(std::move(session)) {}
    void set_alpns(std::span<std::string const> alpns, unsigned flags);

    gnutls_session_ptr session_;
};

}  // namespace meshhost::quic
