// SPDX-License-Identifier: Apache-2.0
#include "datagram_sim/datagram_mutator.hpp"

#include "datagram_sim/forged_initial.hpp"

#include <algorithm>

namespace meshhost::sim {

byte_buffer datagram_mutator::noise(std::size_t size_max) {
    byte_buffer bytes(random_.below(size_max + 1));
    for (std::uint8_t& byte : bytes)
        byte = static_cast<std::uint8_t>(random_.next());
    return bytes;
}

void datagram_mutator::damage(std::span<std::uint8_t> bytes) {
    if (bytes.empty()) return;
    const std::uint64_t flips = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < flips; ++i) {
        // Headers are short and decide much: half of the flips go there.
        const std::size_t range =
            random_.chance(0.5) ? std::min<std::size_t>(40, bytes.size()) : bytes.size();
        bytes[random_.below(range)] ^= static_cast<std::uint8_t>(1u << random_.below(8));
    }
}

byte_buffer datagram_mutator::next(const std::vector<byte_buffer>& recorded) {
    if (recorded.empty() || random_.chance(0.1)) return noise(1500);
    byte_buffer bytes = recorded[random_.below(recorded.size())];
    switch (random_.below(5)) {
    case 0:
        break;  // a plain repetition
    case 1:
        bytes.resize(random_.below(bytes.size() + 1));
        break;
    case 2: {
        const byte_buffer& other = recorded[random_.below(recorded.size())];
        const auto at = static_cast<std::ptrdiff_t>(random_.below(other.size() + 1));
        bytes.resize(random_.below(bytes.size() + 1));
        bytes.insert(bytes.end(), other.begin() + at, other.end());
        break;
    }
    case 3:
        damage(bytes);
        bytes.resize(bytes.size() + random_.below(50));
        break;
    default:
        damage(bytes);
        break;
    }
    return bytes;
}

byte_buffer datagram_mutator::next_initial(bytes_view scid, bytes_view frames) {
    byte_buffer id(8 + random_.below(13));
    for (std::uint8_t& byte : id)
        byte = static_cast<std::uint8_t>(random_.next());
    byte_buffer made(frames.begin(), frames.end());
    switch (random_.below(5)) {
    case 0:
        made = noise(1100);
        break;
    case 1:
        made = crypto_frame(static_cast<std::uint16_t>(random_.below(2)), noise(1000));
        break;
    case 2:
        made.resize(random_.below(made.size() + 1));
        break;
    case 3:
        damage(made);
        break;
    default:
        break;
    }
    const auto number = static_cast<std::uint32_t>(random_.below(3));
    return forge_initial(id, scid, number, made);
}

}  // namespace meshhost::sim
