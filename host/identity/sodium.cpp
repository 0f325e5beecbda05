// SPDX-License-Identifier: Apache-2.0
#include "identity/sodium.hpp"

#include "base/assert.hpp"

#include <sodium/core.h>

namespace meshhost::identity {

void require_sodium() {
    static const int status = sodium_init();
    MH_ASSERT(status >= 0, "libsodium found no source of randomness");
}

}  // namespace meshhost::identity
