// SPDX-License-Identifier: Apache-2.0
#pragma once
// A seeded generator whose sequence is the same everywhere: xoshiro256** 1.0 by Blackman and
// Vigna, seeded by splitmix64. Not for keys; those come from libsodium.
#include <array>
#include <bit>
#include <cstdint>

namespace meshhost {

class prng {
public:
    explicit prng(std::uint64_t seed) noexcept {
        for (auto& word : state_) {
            seed += 0x9e3779b97f4a7c15;
            std::uint64_t mixed = seed;
            mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
            word = mixed ^ (mixed >> 31);
        }
    }

    std::uint64_t next() noexcept {
        std::uint64_t const out = std::rotl(state_[1] * 5, 7) * 9;
        std::uint64_t const shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return out;
    }

    /// Uniform in [0, bound). bound > 0. The bias is below bound / 2^64.
    std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }

    /// Uniform in [0, 1).
    double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    bool chance(double probability) noexcept { return unit() < probability; }

private:
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace meshhost
