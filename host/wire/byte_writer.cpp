// SPDX-License-Identifier: Apache-2.0
#include "wire/byte_writer.hpp"

#include <boost/endian/conversion.hpp>

#include <array>

namespace meshhost::wire {

void byte_writer::u8(std::uint8_t value) {
    out_.push_back(value);
}

void byte_writer::u16be(std::uint16_t value) {
    std::array<std::uint8_t, 2> stored{};
    boost::endian::store_big_u16(stored.data(), value);
    bytes(stored);
}

void byte_writer::u32be(std::uint32_t value) {
    std::array<std::uint8_t, 4> stored{};
    boost::endian::store_big_u32(stored.data(), value);
    bytes(stored);
}

void byte_writer::u64be(std::uint64_t value) {
    std::array<std::uint8_t, 8> stored{};
    boost::endian::store_big_u64(stored.data(), value);
    bytes(stored);
}

void byte_writer::u64le(std::uint64_t value) {
    std::array<std::uint8_t, 8> stored{};
    boost::endian::store_little_u64(stored.data(), value);
    bytes(stored);
}

void byte_writer::bytes(bytes_view value) {
    out_.insert(out_.end(), value.begin(), value.end());
}

}  // namespace meshhost::wire
