// SPDX-License-Identifier: Apache-2.0
#include "identity/random_text.hpp"

#include <fmt/format.h>

#include <vector>

#include <sodium/randombytes.h>

namespace meshhost::identity {

std::string random_text(std::size_t bytes) {
    std::vector<unsigned char> drawn(bytes);
    randombytes_buf(drawn.data(), drawn.size());
    std::string text;
    for (const unsigned char each : drawn)
        text += fmt::format("{:02x}", each);
    return text;
}

}  // namespace meshhost::identity
