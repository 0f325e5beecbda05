// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/topic_stream.hpp"

#include "gossip/proto/errc.hpp"
#include "gossip/proto/limits.hpp"
#include "wire/byte_writer.hpp"

#include <boost/endian/conversion.hpp>

namespace meshhost::gossip::proto {

void topic_stream_reader::feed(bytes_view data) {
    if (error_) return;
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(read_));
    read_ = 0;
    buffer_.insert(buffer_.end(), data.begin(), data.end());
}

std::optional<bytes_view> topic_stream_reader::poll() {
    if (!topic_) {
        const auto header = next_frame();
        if (!header) return std::nullopt;
        topic_ = identity::topic_id::from_bytes(*header);
        if (!topic_) {
            error_ = errc::bad_header;
            return std::nullopt;
        }
    }
    return next_frame();
}

std::optional<bytes_view> topic_stream_reader::next_frame() {
    if (error_ || held() < frame_length_size) return std::nullopt;
    const std::size_t size = boost::endian::load_big_u32(buffer_.data() + read_);
    if (size > frame_size_max) {
        error_ = errc::frame_too_large;
        return std::nullopt;
    }
    if (held() < frame_length_size + size) return std::nullopt;
    const auto body = bytes_view(buffer_).subspan(read_ + frame_length_size, size);
    read_ += frame_length_size + size;
    return body;
}

byte_buffer make_stream_header(const identity::topic_id& topic) {
    byte_buffer out;
    wire::byte_writer writer(out);
    writer.u32be(static_cast<std::uint32_t>(identity::topic_id::size));
    writer.bytes(topic.bytes());
    return out;
}

}  // namespace meshhost::gossip::proto
