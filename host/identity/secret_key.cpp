// SPDX-License-Identifier: Apache-2.0
#include "identity/secret_key.hpp"

#include "base/assert.hpp"
#include "identity/sodium.hpp"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/randombytes.h>

namespace meshhost::identity {

namespace {

constexpr std::size_t purpose_length_max = 32;

}  // namespace

secret_key secret_key::generate() {
    require_sodium();
    wiped<std::array<std::uint8_t, seed_size>> seed;
    randombytes_buf(seed.value.data(), seed.value.size());
    return from_seed(seed.value);
}

secret_key secret_key::from_seed(bytes_view seed) {
    MH_ASSERT(seed.size() == seed_size, "an Ed25519 seed is 32 bytes");
    require_sodium();
    secret_key key;
    std::array<std::uint8_t, endpoint_id::size> public_key{};
    crypto_sign_ed25519_seed_keypair(public_key.data(), key.pair_.data(), seed.data());
    const auto id = endpoint_id::from_bytes(public_key);
    MH_ASSERT(id, "the public key of a seed is a point of the prime-order subgroup");
    key.id_ = *id;
    return key;
}

secret_key::~secret_key() {
    sodium_memzero(pair_.data(), pair_.size());
}

signature secret_key::sign(bytes_view message) const {
    signature sig{};
    crypto_sign_ed25519_detached(sig.data(), nullptr, message.data(), message.size(), pair_.data());
    return sig;
}

std::array<std::uint8_t, 32> secret_key::derive(std::string_view purpose) const {
    MH_ASSERT(purpose.size() <= purpose_length_max, "a purpose is at most 32 characters");
    std::array<std::uint8_t, 32> derived{};
    const bytes_view message = as_bytes(purpose);
    crypto_auth_hmacsha256(derived.data(), message.data(), message.size(), pair_.data());
    return derived;
}

bool verify(const endpoint_id& signer, bytes_view message, const signature& sig) {
    return crypto_sign_ed25519_verify_detached(
               sig.data(),
               message.data(),
               message.size(),
               signer.bytes().data()
           )
           == 0;
}

}  // namespace meshhost::identity
