// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/frame_assembler.hpp"

#include "base/assert.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/errc.hpp"
#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

namespace meshhost::peers::proto {

void frame_assembler::feed(bytes_view data) {
    if (error_) return;
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(read_));
    read_ = 0;
    buffer_.insert(buffer_.end(), data.begin(), data.end());
}

std::optional<frame> frame_assembler::poll() {
    wire::byte_reader in(bytes_view(buffer_).subspan(read_));
    frame next;
    next.type = in.u8();
    const std::size_t size = in.u16be();
    if (!in.ok() || error_) return std::nullopt;
    if (size > frame_payload_max) {
        error_ = errc::too_large;
        return std::nullopt;
    }
    next.payload = in.take(size);
    if (!in.ok()) return std::nullopt;
    read_ += in.position();
    return next;
}

void append_frame(byte_buffer& out, std::uint8_t type, bytes_view payload) {
    MH_ASSERT(payload.size() <= frame_payload_max, "frames are built within their limit");
    wire::byte_writer writer(out);
    writer.u8(type);
    writer.u16be(static_cast<std::uint16_t>(payload.size()));
    writer.bytes(payload);
}

}  // namespace meshhost::peers::proto
