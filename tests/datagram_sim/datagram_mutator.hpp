// SPDX-License-Identifier: Apache-2.0
#pragma once
// Turns recorded datagrams into hostile ones, repeatably by its seed.
#include "base/bytes.hpp"
#include "base/prng.hpp"

#include <span>
#include <vector>

namespace meshhost::sim {

class datagram_mutator {
public:
    explicit datagram_mutator(std::uint64_t seed)
        : random_(seed) {}

    /// Noise; or one of `recorded` with bits flipped, cut, spliced with another, or as it is.
    byte_buffer next(const std::vector<byte_buffer>& recorded);
    /// An Initial packet that decrypts, of nobody we know: around noise, or around `frames` of a
    /// real one, whole or damaged. They go with its `scid`, which TLS repeats.
    byte_buffer next_initial(bytes_view scid, bytes_view frames);

    void damage(std::span<std::uint8_t> bytes);

private:
    byte_buffer noise(std::size_t size_max);

    prng random_;
};

}  // namespace meshhost::sim
