// SPDX-License-Identifier: Apache-2.0
#pragma once
// What nobody can guess, from the kernel.
#include "base/assert.hpp"

#include <sys/random.h>

#include <array>
#include <cstdint>

namespace meshhost::nat {

template <std::size_t N>
std::array<std::uint8_t, N> random_bytes() {
    static_assert(N <= 256, "so much comes whole (getrandom(2))");
    std::array<std::uint8_t, N> drawn;
    const ssize_t size = ::getrandom(drawn.data(), drawn.size(), 0);
    MH_ASSERT(size == static_cast<ssize_t>(N), "the kernel has randomness");
    return drawn;
}

}  // namespace meshhost::nat
