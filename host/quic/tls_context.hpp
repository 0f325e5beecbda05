// SPDX-License-Identifier: Apache-2.0
#pragma once
// What all TLS sessions of an endpoint share: the raw public key (RFC 7250), iroh's profile of
// TLS 1.3, the ticket key and the 0-RTT replay guard.
#include "base/bytes.hpp"
#include "identity/secret_key.hpp"
#include "quic/replay_window.hpp"

#include <gnutls/gnutls.h>

#include <string>
#include <vector>

namespace meshhost::quic {

/// The DER SubjectPublicKeyInfo of an Ed25519 key: 44 bytes (RFC 8410 §4).
byte_buffer to_spki(const identity::endpoint_id& id);
/// The 32 bytes inside such an SPKI, not yet known to be a point; nullopt for anything else.
std::optional<bytes_view> key_in_spki(bytes_view spki);

/// Outlives its sessions. The ticket key is drawn at random: tickets end with the process.
class tls_context {
public:
    explicit tls_context(const identity::secret_key& key);
    tls_context(const tls_context&) = delete;
    tls_context& operator=(const tls_context&) = delete;
    ~tls_context();

    gnutls_certificate_credentials_t credentials() const noexcept { return credentials_; }
    gnutls_priority_t priorities() const noexcept { return priorities_; }
    const gnutls_datum_t* ticket_key() const noexcept { return &ticket_key_; }
    gnutls_anti_replay_t anti_replay() const noexcept { return anti_replay_; }

    const identity::endpoint_id& id() const noexcept { return id_; }

private:
    static int remember_early_hello(
        void* window,
        time_t expires,
        const gnutls_datum_t* key,
        const gnutls_datum_t* data
    );

    identity::endpoint_id id_;
    gnutls_certificate_credentials_t credentials_ = nullptr;
    gnutls_priority_t priorities_ = nullptr;
    gnutls_datum_t ticket_key_{};
    gnutls_anti_replay_t anti_replay_ = nullptr;
    replay_window window_;
};

}  // namespace meshhost::quic
