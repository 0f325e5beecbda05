// SPDX-License-Identifier: Apache-2.0
#pragma once
// postcard 1.x, the serde format of iroh's tickets and handshakes: no names, no padding, no type
// marks; integers wider than a byte are LEB128 varints, signed ones zigzag first.
//
// A length that a stranger wrote is never believed: the reader hands out views into its input and
// refuses a count that the bytes left could not hold, so a decoding bomb allocates nothing.
#include "wire/varint.hpp"

namespace meshhost::wire {

/// Reads from borrowed bytes with byte_reader's sticky failure. Bytes after the last value are
/// the caller's to judge; postcard itself ignores them.
class postcard_reader {
public:
    explicit postcard_reader(bytes_view bytes) noexcept
        : in_(bytes) {}

    bool ok() const noexcept { return in_.ok(); }
    bool at_end() const noexcept { return in_.at_end(); }
    std::size_t position() const noexcept { return in_.position(); }
    std::size_t remaining() const noexcept { return in_.remaining(); }
    void fail() noexcept { in_.fail(); }

    std::uint8_t u8() noexcept { return in_.u8(); }
    std::uint16_t u16() noexcept { return read_leb128_u16(in_); }
    std::uint32_t u32() noexcept { return read_leb128_u32(in_); }
    std::uint64_t u64() noexcept { return read_leb128_u64(in_); }
    std::int64_t i64() noexcept;
    double f64() noexcept;
    /// 0 or 1; any other byte fails.
    bool boolean() noexcept;
    /// Whether an Option's value follows.
    bool option() noexcept { return boolean(); }

    /// A fixed array or tuple of bytes: no length on the wire.
    bytes_view fixed(std::size_t size) noexcept { return in_.take(size); }
    template <std::size_t N>
    std::array<std::uint8_t, N> array() noexcept {
        return in_.array<N>();
    }

    /// A byte sequence behind its length; fails when it is longer than `size_max`.
    bytes_view bytes(std::size_t size_max) noexcept;
    /// As bytes(), and fails unless it is UTF-8.
    std::string_view string(std::size_t size_max) noexcept;
    /// The element count of a sequence; fails when it is more than `count_max`, or more than the
    /// bytes left (every element takes at least one).
    std::size_t count(std::size_t count_max) noexcept;

private:
    byte_reader in_;
};

/// Appends to a buffer that it borrows.
class postcard_writer {
public:
    explicit postcard_writer(byte_buffer& out) noexcept
        : out_(out) {}

    void u8(std::uint8_t value) { out_.u8(value); }
    /// u16, u32, u64, usize, a sequence's count and an enum's discriminant.
    void varint(std::uint64_t value) { write_leb128(out_, value); }
    void i64(std::int64_t value);
    void f64(double value);
    void boolean(bool value) { out_.u8(value ? 1 : 0); }
    /// Says whether the Option's value, written next, is there.
    void option(bool present) { boolean(present); }
    void fixed(bytes_view value) { out_.bytes(value); }
    void bytes(bytes_view value);
    /// Precondition: `value` is UTF-8.
    void string(std::string_view value) { bytes(as_bytes(value)); }

private:
    byte_writer out_;
};

}  // namespace meshhost::wire
