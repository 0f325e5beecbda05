// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/frame_stream.hpp"

namespace meshhost::plugin::proto {

std::optional<bytes_view> frame_reader::next() {
    if (is_broken_) return std::nullopt;
    const bytes_view left = bytes_view(buffer_).subspan(taken_);
    const auto wait_for_more = [this] {
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken_));
        taken_ = 0;
    };
    if (left.size() < frame_header_size) {
        wait_for_more();
        return std::nullopt;
    }
    std::size_t size = 0;
    for (std::size_t i = 0; i < frame_header_size; ++i)
        size = size << 8 | left[i];
    if (size > link_message_max) {
        is_broken_ = true;
        return std::nullopt;
    }
    if (left.size() < frame_header_size + size) {
        wait_for_more();
        return std::nullopt;
    }
    taken_ += frame_header_size + size;
    return left.subspan(frame_header_size, size);
}

}  // namespace meshhost::plugin::proto
