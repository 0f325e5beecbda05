// SPDX-License-Identifier: Apache-2.0
#include "peers/bare/bare_tls.hpp"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <ngtcp2/ngtcp2_crypto_gnutls.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace meshhost::bench {

namespace {

// X25519 and AES-128-GCM alone: what the others choose on a machine with AES instructions.
constexpr const char* priorities =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:-GROUP-ALL:+GROUP-X25519:"
    "%DISABLE_TLS13_COMPAT_MODE";

constexpr unsigned char protocol_name[] = {'b'};

void self_sign(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key) {
    constexpr std::array<unsigned char, 1> serial{1};
    constexpr time_t one_day = 24 * 60 * 60;
    const time_t now = std::time(nullptr);
    require_gnutls(gnutls_x509_crt_set_version(certificate, 3), "version");
    require_gnutls(gnutls_x509_crt_set_serial(certificate, serial.data(), serial.size()), "serial");
    require_gnutls(gnutls_x509_crt_set_activation_time(certificate, now - one_day), "activation");
    require_gnutls(gnutls_x509_crt_set_expiration_time(certificate, now + one_day), "expiration");
    require_gnutls(gnutls_x509_crt_set_dn(certificate, "CN=bench", nullptr), "name");
    require_gnutls(gnutls_x509_crt_set_key(certificate, key), "key");
    // EdDSA digests for itself; the parameter is ignored but must not be zero.
    require_gnutls(
        gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA512, 0),
        "signature"
    );
}

}  // namespace

void require_gnutls(int status, const char* what) {
    if (status >= 0) return;
    std::fprintf(stderr, "gnutls: %s: %s\n", what, gnutls_strerror(status));
    std::exit(1);
}

bare_credentials::bare_credentials() {
    gnutls_x509_privkey_t key = nullptr;
    gnutls_x509_crt_t certificate = nullptr;
    require_gnutls(gnutls_x509_privkey_init(&key), "key");
    require_gnutls(gnutls_x509_privkey_generate(key, GNUTLS_PK_EDDSA_ED25519, 256, 0), "key");
    require_gnutls(gnutls_x509_crt_init(&certificate), "certificate");
    self_sign(certificate, key);
    require_gnutls(gnutls_certificate_allocate_credentials(&credentials_), "credentials");
    require_gnutls(
        gnutls_certificate_set_x509_key(credentials_, &certificate, 1, key),
        "credentials"
    );
    gnutls_x509_crt_deinit(certificate);
    gnutls_x509_privkey_deinit(key);
}

bare_credentials::~bare_credentials() {
    gnutls_certificate_free_credentials(credentials_);
}

tls_session_ptr make_session(
    bool is_server,
    const bare_credentials& credentials,
    ngtcp2_crypto_conn_ref& reference
) {
    constexpr unsigned common = GNUTLS_NO_END_OF_EARLY_DATA;
    gnutls_session_t session = nullptr;
    const unsigned flags =
        is_server ? common | GNUTLS_SERVER | GNUTLS_NO_AUTO_SEND_TICKET : common | GNUTLS_CLIENT;
    require_gnutls(gnutls_init(&session, flags), "session");
    tls_session_ptr owned(session);
    require_gnutls(gnutls_priority_set_direct(session, priorities, nullptr), "priorities");
    const int configured = is_server ? ngtcp2_crypto_gnutls_configure_server_session(session)
                                     : ngtcp2_crypto_gnutls_configure_client_session(session);
    require_gnutls(configured, "QUIC");
    gnutls_session_set_ptr(session, &reference);
    require_gnutls(
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials.get()),
        "credentials"
    );
    const gnutls_datum_t name{const_cast<unsigned char*>(protocol_name), sizeof protocol_name};
    require_gnutls(gnutls_alpn_set_protocols(session, &name, 1, GNUTLS_ALPN_MANDATORY), "ALPN");
    if (is_server) gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    return owned;
}

}  // namespace meshhost::bench
