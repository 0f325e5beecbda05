// SPDX-License-Identifier: Apache-2.0
#include "quic/tls_context.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <array>

namespace meshhost::quic {

namespace {

// AES-128-GCM first: GnuTLS's ChaCha20 is 13 times slower than its AES where AES-NI exists.
// The suites, groups and the one signature scheme are iroh's.
constexpr const char* priority_text =
    "%DISABLE_TLS13_COMPAT_MODE:NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:"
    "+AES-256-GCM:+CHACHA20-POLY1305:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:"
    "+GROUP-SECP384R1:-SIGN-ALL:+SIGN-EDDSA-ED25519:-CTYPE-ALL:+CTYPE-SRV-RAWPK:"
    "+CTYPE-CLI-RAWPK";

constexpr std::array<std::uint8_t, 12>
    spki_prefix{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
constexpr std::array<std::uint8_t, 16> pkcs8_prefix{
    0x30,
    0x2e,
    0x02,
    0x01,
    0x00,
    0x30,
    0x05,
    0x06,
    0x03,
    0x2b,
    0x65,
    0x70,
    0x04,
    0x22,
    0x04,
    0x20};

constexpr std::size_t period_start_size = 12;  // seconds: 8 bytes, nanoseconds: 4

void require(int rv, const char* what) {
    MH_ASSERT(rv >= 0, what);
}

gnutls_datum_t datum(byte_buffer& bytes) {
    return {bytes.data(), static_cast<unsigned>(bytes.size())};
}

}  // namespace

byte_buffer to_spki(const identity::endpoint_id& id) {
    byte_buffer spki(spki_prefix.begin(), spki_prefix.end());
    spki.insert(spki.end(), id.bytes().begin(), id.bytes().end());
    return spki;
}

std::optional<bytes_view> key_in_spki(bytes_view spki) {
    if (spki.size() != spki_prefix.size() + identity::endpoint_id::size) return std::nullopt;
    if (!std::equal(spki_prefix.begin(), spki_prefix.end(), spki.begin())) return std::nullopt;
    return spki.subspan(spki_prefix.size());
}

int tls_context::
    remember_early_hello(void* window, time_t expires, const gnutls_datum_t* key, const gnutls_datum_t*) {
    // GnuTLS puts the start of its recording period in front of the hello's name: a hello of one
    // period would be new in the next, while it is still young enough to be taken.
    const bytes_view name{key->data, key->size};
    if (name.size() <= period_start_size) return GNUTLS_E_INVALID_REQUEST;
    auto& known = *static_cast<replay_window*>(window);
    return known.insert(expires, name.subspan(period_start_size)) ? 0 : GNUTLS_E_DB_ENTRY_EXISTS;
}

tls_context::tls_context(const identity::secret_key& key)
    : id_(key.id()) {
    byte_buffer spki = to_spki(id_);
    byte_buffer pkcs8(pkcs8_prefix.begin(), pkcs8_prefix.end());
    pkcs8.insert(pkcs8.end(), key.seed().begin(), key.seed().end());
    const gnutls_datum_t spki_der = datum(spki);
    const gnutls_datum_t pkcs8_der = datum(pkcs8);

    require(gnutls_certificate_allocate_credentials(&credentials_), "out of memory");
    require(
        gnutls_certificate_set_rawpk_key_mem(
            credentials_,
            &spki_der,
            &pkcs8_der,
            GNUTLS_X509_FMT_DER,
            nullptr,
            0,
            nullptr,
            0,
            0
        ),
        "an Ed25519 pair is a valid raw public key"
    );
    gnutls_memset(pkcs8.data(), 0, pkcs8.size());
    require(gnutls_priority_init(&priorities_, priority_text, nullptr), "the profile is valid");
    require(gnutls_session_ticket_key_generate(&ticket_key_), "the system has no randomness");
    require(gnutls_anti_replay_init(&anti_replay_), "out of memory");
    const std::chrono::milliseconds window = replay_window::length;
    gnutls_anti_replay_set_window(anti_replay_, static_cast<unsigned>(window.count()));
    gnutls_anti_replay_set_add_function(anti_replay_, &tls_context::remember_early_hello);
    gnutls_anti_replay_set_ptr(anti_replay_, &window_);
}

tls_context::~tls_context() {
    gnutls_anti_replay_deinit(anti_replay_);
    gnutls_memset(ticket_key_.data, 0, ticket_key_.size);
    gnutls_free(ticket_key_.data);
    gnutls_priority_deinit(priorities_);
    gnutls_certificate_free_credentials(credentials_);
}

}  // namespace meshhost::quic
