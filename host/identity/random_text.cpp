// SPDX-License-Identifier: Apache-2.0
#include "identity/random_text.hpp"

#include "base/bytes.hpp"
#include "identity/sodium.hpp"

#include <sodium/randombytes.h>

namespace meshhost::identity {

std::string random_text(std::size_t bytes) {
    byte_buffer drawn(bytes);
    const wiped_at_end wiping(drawn);
    randombytes_buf(drawn.data(), drawn.size());
    return to_hex(drawn);
}

}  // namespace meshhost::identity
