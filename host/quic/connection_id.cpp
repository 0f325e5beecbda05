// SPDX-License-Identifier: Apache-2.0
#include "quic/connection_id.hpp"

#include "base/assert.hpp"
#include "quic/transport_config.hpp"

#include <gnutls/crypto.h>
#include <ngtcp2/ngtcp2_crypto.h>

#include <sodium.h>

namespace meshhost::quic {

static_assert(crypto_shorthash_KEYBYTES == 16);
static_assert(crypto_shorthash_BYTES == sizeof(std::size_t));

void fill_random(std::uint8_t* out, std::size_t size) {
    const int rv = gnutls_rnd(GNUTLS_RND_RANDOM, out, size);
    MH_ASSERT(rv == 0, "the system has no randomness");
}

connection_id_hash::connection_id_hash() {
    fill_random(key_.data(), key_.size());
}

std::size_t connection_id_hash::operator()(const connection_id& id) const noexcept {
    std::size_t hash = 0;
    crypto_shorthash(reinterpret_cast<std::uint8_t*>(&hash), id.bytes.data(), id.size, key_.data());
    return hash;
}

connection_id_issuer::connection_id_issuer(
    std::uint16_t shard,
    const std::array<std::uint8_t, 32>& reset_key
)
    : shard_(shard)
    , reset_key_(reset_key) {}

ngtcp2_cid connection_id_issuer::issue() const {
    ngtcp2_cid cid{};
    cid.datalen = connection_id_size;
    cid.data[0] = static_cast<std::uint8_t>(shard_ >> 8);
    cid.data[1] = static_cast<std::uint8_t>(shard_);
    fill_random(cid.data + 2, connection_id_size - 2);
    return cid;
}

reset_token connection_id_issuer::token_of(const ngtcp2_cid& cid) const {
    reset_token token;
    const int rv = ngtcp2_crypto_generate_stateless_reset_token(
        token.data(),
        reset_key_.data(),
        reset_key_.size(),
        &cid
    );
    MH_ASSERT(rv == 0, "HKDF cannot fail on these sizes");
    return token;
}

}  // namespace meshhost::quic
