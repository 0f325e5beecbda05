// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the rest of this room needs of libsodium beyond its functions.
#include <sodium/utils.h>

namespace meshhost::identity {

/// Initialises libsodium once for the process; any thread. Aborts when the system has no
/// randomness to offer, since no key made then would be secret.
void require_sodium();

/// A value that is wiped from memory when it goes.
template <class T>
struct wiped {
    T value{};

    wiped() = default;
    wiped(const wiped&) = delete;
    wiped& operator=(const wiped&) = delete;
    ~wiped() { sodium_memzero(&value, sizeof value); }
};

}  // namespace meshhost::identity
