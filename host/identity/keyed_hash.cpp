// SPDX-License-Identifier: Apache-2.0
#include "identity/keyed_hash.hpp"

#include "base/assert.hpp"
#include "identity/sodium.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

namespace meshhost::identity {

keyed_hash hash_with_secret(bytes_view secret, bytes_view message) {
    MH_ASSERT(!secret.empty(), "a secret is something");
    require_sodium();
    wiped<keyed_hash> key;
    crypto_generichash(
        key.value.data(),
        key.value.size(),
        secret.data(),
        secret.size(),
        nullptr,
        0
    );
    keyed_hash out{};
    crypto_generichash(
        out.data(),
        out.size(),
        message.data(),
        message.size(),
        key.value.data(),
        key.value.size()
    );
    return out;
}

bool is_same(const keyed_hash& one, bytes_view other) noexcept {
    return other.size() == one.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace meshhost::identity
