// SPDX-License-Identifier: Apache-2.0
#include "mutator.hpp"

#include <algorithm>
#include <array>

namespace meshhost::fuzz {

namespace {

// Ends of ranges, of varint lengths and of signs; what separates text.
constexpr std::array<std::uint8_t, 16> telling_values{
    0x00,
    0x01,
    0x02,
    0x3f,
    0x40,
    0x7f,
    0x80,
    0x81,
    0xc0,
    0xfe,
    0xff,
    '\n',
    ' ',
    ':',
    '/',
    '@'};

constexpr std::size_t piece_max = 64;

}  // namespace

byte_buffer mutator::mutate(byte_buffer input, bytes_view other) {
    const std::uint64_t edits = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < edits; ++i)
        edit(input, other);
    input.resize(std::min(input.size(), mutated_size_max));
    return input;
}

void mutator::edit(byte_buffer& bytes, bytes_view other) {
    if (bytes.empty()) return insert_random(bytes);
    switch (random_.below(7)) {
    case 0:
        bytes[index_in(bytes)] ^= static_cast<std::uint8_t>(1u << random_.below(8));
        break;
    case 1:
        overwrite(bytes);
        break;
    case 2:
        insert_random(bytes);
        break;
    case 3:
        erase_range(bytes);
        break;
    case 4:
        repeat_range(bytes);
        break;
    case 5:
        bytes.resize(index_in(bytes));
        break;
    default:
        splice(bytes, other);
    }
}

std::size_t mutator::index_in(const byte_buffer& bytes) {
    return random_.below(bytes.size());
}

void mutator::overwrite(byte_buffer& bytes) {
    const bool telling = random_.chance(0.5);
    const auto value = telling ? telling_values[random_.below(telling_values.size())]
                               : static_cast<std::uint8_t>(random_.below(256));
    bytes[index_in(bytes)] = value;
}

void mutator::insert_random(byte_buffer& bytes) {
    byte_buffer piece(1 + random_.below(8));
    for (auto& byte : piece)
        byte = static_cast<std::uint8_t>(random_.below(256));
    const auto at = static_cast<std::ptrdiff_t>(random_.below(bytes.size() + 1));
    bytes.insert(bytes.begin() + at, piece.begin(), piece.end());
}

void mutator::erase_range(byte_buffer& bytes) {
    const std::size_t from = index_in(bytes);
    const std::size_t count = 1 + random_.below(std::min(piece_max, bytes.size() - from));
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(from);
    bytes.erase(first, first + static_cast<std::ptrdiff_t>(count));
}

void mutator::repeat_range(byte_buffer& bytes) {
    const std::size_t from = index_in(bytes);
    const std::size_t count = 1 + random_.below(std::min(piece_max, bytes.size() - from));
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(from);
    const byte_buffer piece(first, first + static_cast<std::ptrdiff_t>(count));
    bytes.insert(first, piece.begin(), piece.end());
}

void mutator::splice(byte_buffer& bytes, bytes_view other) {
    if (other.empty()) return;
    bytes.resize(index_in(bytes));
    const bytes_view tail = other.subspan(random_.below(other.size()));
    bytes.insert(bytes.end(), tail.begin(), tail.end());
}

}  // namespace meshhost::fuzz
