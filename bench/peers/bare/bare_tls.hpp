// SPDX-License-Identifier: Apache-2.0
#pragma once
// TLS of the bare loop: an Ed25519 certificate made at start, asked for on both sides.
#include <gnutls/gnutls.h>
#include <ngtcp2/ngtcp2_crypto.h>

#include <memory>
#include <type_traits>

namespace meshhost::bench {

class bare_credentials {
public:
    /// Ends the process when GnuTLS cannot.
    bare_credentials();
    bare_credentials(const bare_credentials&) = delete;
    bare_credentials& operator=(const bare_credentials&) = delete;
    ~bare_credentials();

    gnutls_certificate_credentials_t get() const noexcept { return credentials_; }

private:
    gnutls_certificate_credentials_t credentials_ = nullptr;
};

struct tls_session_deleter {
    void operator()(gnutls_session_t session) const noexcept { gnutls_deinit(session); }
};
using tls_session_ptr =
    std::unique_ptr<std::remove_pointer_t<gnutls_session_t>, tls_session_deleter>;

/// `reference` and `credentials` outlive the session.
tls_session_ptr make_session(
    bool is_server,
    const bare_credentials& credentials,
    ngtcp2_crypto_conn_ref& reference
);

/// Ends the process with GnuTLS's words when `status` is an error.
void require_gnutls(int status, const char* what);

}  // namespace meshhost::bench
