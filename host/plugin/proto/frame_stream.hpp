// SPDX-License-Identifier: Apache-2.0
#pragma once
// Messages on a stream of bytes: each behind its length, 32 bits big-endian. A machine's part.
#include "base/bytes.hpp"
#include "plugin/proto/link_codec.hpp"

#include <cstddef>
#include <optional>

namespace meshhost::plugin::proto {

inline constexpr std::size_t frame_header_size = 4;

/// Makes room for a length; `out` grows by what `put` appends, behind it.
template <class Put>
void append_frame(byte_buffer& out, Put&& put) {
    const std::size_t at = out.size();
    out.resize(at + frame_header_size);
    put(out);
    const std::size_t size = out.size() - at - frame_header_size;
    for (std::size_t i = 0; i < frame_header_size; ++i)
        out[at + i] = static_cast<std::uint8_t>(size >> (8 * (frame_header_size - 1 - i)));
}

/// Cuts what comes into messages.
class frame_reader {
public:
    /// What comes after a length that no message has is not kept.
    void feed(bytes_view bytes) {
        if (!is_broken_) buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    }

    /// The next whole message, valid until feed(); nullopt: more has to come, or is_broken().
    std::optional<bytes_view> next();

    /// A length that no message has.
    bool is_broken() const noexcept { return is_broken_; }

private:
    byte_buffer buffer_;
    std::size_t taken_ = 0;
    bool is_broken_ = false;
};

}  // namespace meshhost::plugin::proto
