// SPDX-License-Identifier: Apache-2.0
#pragma once
// A cursor over borrowed bytes that cannot leave them. Failure is sticky: the first read past the
// end fails the reader, and from then on every read gives zero or nothing. So a parser may read
// a whole structure and ask ok() once, before it uses what it read.
#include "base/bytes.hpp"

#include <algorithm>
#include <array>

namespace meshhost::wire {

/// Borrows the bytes it walks over: they must outlive the reader and every view it hands out.
class byte_reader {
public:
    explicit byte_reader(bytes_view bytes) noexcept
        : bytes_(bytes) {}

    bool ok() const noexcept { return ok_; }
    /// How many bytes have been read.
    std::size_t position() const noexcept { return position_; }
    /// How many bytes may still be read; none after a failure.
    std::size_t remaining() const noexcept { return ok_ ? bytes_.size() - position_ : 0; }
    /// Everything was read, and nothing went wrong.
    bool at_end() const noexcept { return ok_ && position_ == bytes_.size(); }

    /// Fails the reader: for a value that was read whole but makes no sense.
    void fail() noexcept { ok_ = false; }

    std::uint8_t u8() noexcept;
    std::uint16_t u16be() noexcept;
    std::uint32_t u32be() noexcept;
    std::uint64_t u64be() noexcept;
    std::uint64_t u64le() noexcept;

    /// The next `count` bytes, without a copy; empty when there are not that many.
    bytes_view take(std::size_t count) noexcept;
    /// All that is left.
    bytes_view rest() noexcept { return take(remaining()); }

    /// The next N bytes as a value; zeros when there are not that many.
    template <std::size_t N>
    std::array<std::uint8_t, N> array() noexcept {
        std::array<std::uint8_t, N> out{};
        const bytes_view bytes = take(N);
        std::copy(bytes.begin(), bytes.end(), out.begin());
        return out;
    }

private:
    bytes_view bytes_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

}  // namespace meshhost::wire
