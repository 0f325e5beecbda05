// SPDX-License-Identifier: Apache-2.0
#include "wire/byte_reader.hpp"

#include <boost/endian/conversion.hpp>

namespace meshhost::wire {

std::uint8_t byte_reader::u8() noexcept {
    return array<1>()[0];
}

std::uint16_t byte_reader::u16be() noexcept {
    return boost::endian::load_big_u16(array<2>().data());
}

std::uint32_t byte_reader::u32be() noexcept {
    return boost::endian::load_big_u32(array<4>().data());
}

std::uint64_t byte_reader::u64be() noexcept {
    return boost::endian::load_big_u64(array<8>().data());
}

std::uint64_t byte_reader::u64le() noexcept {
    return boost::endian::load_little_u64(array<8>().data());
}

bytes_view byte_reader::take(std::size_t count) noexcept {
    if (count > remaining()) {
        fail();
        return {};
    }
    const bytes_view taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
}

}  // namespace meshhost::wire
