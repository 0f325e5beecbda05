// SPDX-License-Identifier: Apache-2.0
#pragma once
// Proof of knowing a secret: BLAKE2b-256 with a key (RFC 7693), by libsodium.
#include "base/bytes.hpp"

#include <array>

namespace meshhost::identity {

using keyed_hash = std::array<std::uint8_t, 32>;

/// Of `message`, under the BLAKE2b-256 hash of `secret`, which may be of any length but 0.
keyed_hash hash_with_secret(bytes_view secret, bytes_view message);

/// In a time that does not tell how much of them is the same.
bool is_same(const keyed_hash& one, bytes_view other) noexcept;

}  // namespace meshhost::identity
