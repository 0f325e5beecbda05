// SPDX-License-Identifier: Apache-2.0
#pragma once
// The two variable-length integers of our wires, which share nothing but the name:
//   QUIC (RFC 9000 §16): big-endian, the two top bits of the first byte say 1, 2, 4 or 8 bytes.
//   LEB128, as postcard uses it: seven bits a byte, lowest first, the top bit says "more".
// Reading fails the reader (see byte_reader) and gives 0.
#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

namespace meshhost::wire {

inline constexpr std::uint64_t quic_varint_max = (std::uint64_t{1} << 62) - 1;

/// Any of the four lengths is accepted, the shortest or not, as RFC 9000 §16 has it.
std::uint64_t read_quic_varint(byte_reader& in) noexcept;

/// The shortest form. Precondition: value <= quic_varint_max.
void write_quic_varint(byte_writer& out, std::uint64_t value);

/// postcard's limits: at most 3, 5 or 10 bytes, and no bit beyond the type's width. A padded
/// encoding within these limits is accepted, as postcard does.
std::uint16_t read_leb128_u16(byte_reader& in) noexcept;
std::uint32_t read_leb128_u32(byte_reader& in) noexcept;
std::uint64_t read_leb128_u64(byte_reader& in) noexcept;

/// The shortest form; the same for every width.
void write_leb128(byte_writer& out, std::uint64_t value);

}  // namespace meshhost::wire
