// SPDX-License-Identifier: Apache-2.0
#include "quic/tls_context.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <array>
#include <set>

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

constexpr time_t replay_window_seconds = 10;

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

/// The ClientHellos whose early data was accepted lately (RFC 8446 §8.2). Full means refuse:
/// early data is then sent again after the handshake, which costs a round trip and no safety.
class tls_context::replay_window {
public:
    bool insert(time_t expires, bytes_view key) {
        const time_t now = expires - replay_window_seconds;  // as GnuTLS read the clock
        while (!by_expiry_.empty() && by_expiry_.begin()->first < now) {
            keys_.erase(by_expiry_.begin()->second);
            by_expiry_.erase(by_expiry_.begin());
        }
        if (keys_.size() >= entries_max) return false;
        byte_buffer copy(key.begin(), key.end());
        if (!keys_.insert(copy).second) return false;
        by_expiry_.emplace(expires, std::move(copy));
        return true;
    }

private:
    static constexpr std::size_t entries_max = 4096;
    std::set<byte_buffer> keys_;
    std::set<std::pair<time_t, byte_buffer>> by_expiry_;
};

int tls_context::
    remember_early_hello(void* window, time_t expires, const gnutls_datum_t* key, const gnutls_datum_t*) {
    const bool fresh = static_cast<replay_window*>(window)->insert(expires, {key->data, key->size});
    return fresh ? 0 : GNUTLS_E_DB_ENTRY_EXISTS;
}

tls_context::tls_context(const identity::secret_key& key)
    : id_(key.id())
    , window_(std::make_unique<replay_window>()) {
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
    gnutls_anti_replay_set_window(anti_replay_, replay_window_seconds * 1000);
    gnutls_anti_replay_set_add_function(anti_replay_, &tls_context::remember_early_hello);
    gnutls_anti_replay_set_ptr(anti_replay_, window_.get());
}

tls_context::~tls_context() {
    gnutls_anti_replay_deinit(anti_replay_);
    gnutls_memset(ticket_key_.data, 0, ticket_key_.size);
    gnutls_free(ticket_key_.data);
    gnutls_priority_deinit(priorities_);
    gnutls_certificate_free_credentials(credentials_);
}

}  // namespace meshhost::quic
