// SPDX-License-Identifier: Apache-2.0
#pragma once
// Appends integers and bytes to a buffer. The mirror of byte_reader.
#include "base/bytes.hpp"

namespace meshhost::wire {

/// Appends to a buffer that it borrows and that must outlive it.
class byte_writer {
public:
    explicit byte_writer(byte_buffer& out) noexcept
        : out_(out) {}

    void u8(std::uint8_t value);
    void u16be(std::uint16_t value);
    void u32be(std::uint32_t value);
    void u64be(std::uint64_t value);
    void u64le(std::uint64_t value);
    void bytes(bytes_view value);

private:
    byte_buffer& out_;
};

}  // namespace meshhost::wire
