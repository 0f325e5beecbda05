// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/digest_message.hpp"

#include "peers/proto/errc.hpp"
#include "wire/postcard.hpp"

namespace meshhost::peers::proto {

namespace {

enum class frame_type : std::uint8_t { record = 1, heard = 2 };

byte_buffer make_frame(frame_type type, bytes_view payload) {
    byte_buffer out;
    append_frame(out, static_cast<std::uint8_t>(type), payload);
    return out;
}

result<digest_message> read_heard(bytes_view payload) {
    wire::postcard_reader in(payload);
    heard_message message;
    message.version.incarnation = in.u64();
    message.version.sequence = in.u64();
    if (!in.ok()) return errc::malformed;  // bytes behind them belong to a later version
    return digest_message(message);
}

}  // namespace

result<digest_message> read_message(const frame& from) {
    switch (static_cast<frame_type>(from.type)) {
    case frame_type::record:
        return digest_message(record_message{from.payload});
    case frame_type::heard:
        return read_heard(from.payload);
    }
    return digest_message(unknown_message{});
}

byte_buffer make_record_frame(bytes_view record) {
    return make_frame(frame_type::record, record);
}

byte_buffer make_heard_frame(const digest_version& version) {
    byte_buffer payload;
    wire::postcard_writer out(payload);
    out.varint(version.incarnation);
    out.varint(version.sequence);
    return make_frame(frame_type::heard, payload);
}

}  // namespace meshhost::peers::proto
