// SPDX-License-Identifier: Apache-2.0
#pragma once
// Makes broken inputs out of sound ones. What libFuzzer does, without its feedback, and the same
// on every machine for the same seed.
#include "base/bytes.hpp"
#include "base/prng.hpp"

namespace meshhost::fuzz {

/// A mutated input never grows beyond this.
inline constexpr std::size_t mutated_size_max = 64u << 10;

class mutator {
public:
    explicit mutator(std::uint64_t seed) noexcept
        : random_(seed) {}

    /// `input` after one to four random edits: flipped bits, telling values, bytes put in, taken
    /// out or doubled, a cut end, a piece of `other` in its place.
    byte_buffer mutate(byte_buffer input, bytes_view other);

private:
    void edit(byte_buffer& bytes, bytes_view other);
    std::size_t index_in(const byte_buffer& bytes);
    void overwrite(byte_buffer& bytes);
    void insert_random(byte_buffer& bytes);
    void erase_range(byte_buffer& bytes);
    void repeat_range(byte_buffer& bytes);
    void splice(byte_buffer& bytes, bytes_view other);

    prng random_;
};

}  // namespace meshhost::fuzz
