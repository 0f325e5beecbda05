// SPDX-License-Identifier: Apache-2.0
#include "wire/varint.hpp"

#include "base/assert.hpp"

#include <limits>

namespace meshhost::wire {

namespace {

template <class Unsigned>
Unsigned read_leb128(byte_reader& in) noexcept {
    constexpr int width = std::numeric_limits<Unsigned>::digits;
    std::uint64_t value = 0;
    for (int shift = 0; shift < width; shift += 7) {
        const std::uint64_t byte = in.u8();
        const std::uint64_t group = byte & 0x7f;
        if (width - shift < 7 && (group >> (width - shift)) != 0) break;
        value |= group << shift;
        if ((byte & 0x80) == 0) return in.ok() ? static_cast<Unsigned>(value) : Unsigned{0};
    }
    in.fail();
    return 0;
}

}  // namespace

std::uint64_t read_quic_varint(byte_reader& in) noexcept {
    const std::uint8_t first = in.u8();
    const std::size_t following = (std::size_t{1} << (first >> 6)) - 1;
    std::uint64_t value = first & 0x3f;
    for (const std::uint8_t byte : in.take(following))
        value = value << 8 | byte;
    return in.ok() ? value : 0;
}

void write_quic_varint(byte_writer& out, std::uint64_t value) {
    MH_ASSERT(value <= quic_varint_max, "a QUIC varint has 62 bits");
    if (value < 0x40) {
        out.u8(static_cast<std::uint8_t>(value));
    } else if (value < 0x4000) {
        out.u16be(static_cast<std::uint16_t>(0x4000 | value));
    } else if (value < 0x4000'0000) {
        out.u32be(static_cast<std::uint32_t>(0x8000'0000 | value));
    } else {
        out.u64be(0xc000'0000'0000'0000 | value);
    }
}

std::uint16_t read_leb128_u16(byte_reader& in) noexcept {
    return read_leb128<std::uint16_t>(in);
}
std::uint32_t read_leb128_u32(byte_reader& in) noexcept {
    return read_leb128<std::uint32_t>(in);
}
std::uint64_t read_leb128_u64(byte_reader& in) noexcept {
    return read_leb128<std::uint64_t>(in);
}

void write_leb128(byte_writer& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        out.u8(static_cast<std::uint8_t>(value | 0x80));
    out.u8(static_cast<std::uint8_t>(value));
}

}  // namespace meshhost::wire
