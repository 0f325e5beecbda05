// SPDX-License-Identifier: Apache-2.0
#pragma once
// The key behind an endpoint id, and what it signs.
#include "base/bytes.hpp"
#include "identity/endpoint_id.hpp"

#include <array>

namespace meshhost::identity {

using signature = std::array<std::uint8_t, 64>;  ///< R ‖ S, RFC 8032

/// An Ed25519 key pair. Wiped from memory when destroyed. Movable, copyable.
class secret_key {
public:
    static constexpr std::size_t seed_size = 32;

    /// A fresh key from the system's randomness.
    static secret_key generate();
    /// Precondition: `seed` is 32 bytes.
    static secret_key from_seed(bytes_view seed);

    secret_key(const secret_key&) = default;
    secret_key& operator=(const secret_key&) = default;
    ~secret_key();

    const endpoint_id& id() const noexcept { return id_; }
    bytes_view seed() const noexcept { return {pair_.data(), seed_size}; }
    signature sign(bytes_view message) const;

    /// 32 bytes that only this key's owner can compute, different for every `purpose`
    /// (at most 32 characters): HMAC-SHA-256 of the purpose under the seed.
    std::array<std::uint8_t, 32> derive(std::string_view purpose) const;

private:
    secret_key() = default;

    std::array<std::uint8_t, 64> pair_{};  ///< seed ‖ public key, libsodium's layout
    endpoint_id id_;
};

/// Strict verification: refuses small-order points and non-canonical S.
bool verify(const endpoint_id& signer, bytes_view message, const signature& sig);

}  // namespace meshhost::identity
