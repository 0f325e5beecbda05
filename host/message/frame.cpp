// SPDX-License-Identifier: Apache-2.0
#include "message/frame.hpp"

#include "base/assert.hpp"
#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

#include <algorithm>

namespace meshhost::message {

namespace {

constexpr std::uint8_t layout = 1;

bool is_port_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
           || c == '_' || c == '-' || c == '/';
}

byte_buffer with_length(const byte_buffer& frame) {
    byte_buffer out;
    wire::byte_writer writer(out);
    writer.u32be(static_cast<std::uint32_t>(frame.size()));
    writer.bytes(frame);
    return out;
}

byte_buffer copy_of(bytes_view bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace

bool is_port_name(std::string_view port) noexcept {
    return !port.empty() && port.size() <= port_size_max
           && std::all_of(port.begin(), port.end(), is_port_character);
}

byte_buffer encode(
    std::string_view port,
    duration timeout,
    const std::optional<proof>& secret,
    bytes_view body
) {
    MH_ASSERT(is_port_name(port) && body.size() <= body_max, "checked where it was said");
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
    byte_buffer frame;
    wire::byte_writer out(frame);
    out.u8(layout);
    out.u32be(static_cast<std::uint32_t>(wait));
    out.u8(secret ? 1 : 0);
    if (secret) out.bytes(*secret);
    out.u8(static_cast<std::uint8_t>(port.size()));
    out.bytes(as_bytes(port));
    out.bytes(body);
    return with_length(frame);
}

byte_buffer encode(std::int32_t status, bytes_view body) {
    MH_ASSERT(body.size() <= body_max, "checked where it was said");
    byte_buffer frame;
    wire::byte_writer out(frame);
    out.u8(layout);
    out.u32be(static_cast<std::uint32_t>(status));
    out.bytes(body);
    return with_length(frame);
}

std::optional<asked_frame> decode_asked(bytes_view frame) {
    wire::byte_reader in(frame);
    asked_frame read;
    if (in.u8() != layout) return std::nullopt;
    read.timeout = std::chrono::milliseconds(in.u32be());
    const std::uint8_t proofs = in.u8();
    if (proofs > 1) return std::nullopt;
    if (proofs == 1) read.secret = in.array<std::tuple_size_v<proof>>();
    read.port = as_text(in.take(in.u8()));
    read.body = copy_of(in.rest());
    const bool is_sound = in.ok() && is_port_name(read.port) && read.timeout <= timeout_max
                          && read.body.size() <= body_max;
    if (!is_sound) return std::nullopt;
    return read;
}

std::optional<answer_frame> decode_answer(bytes_view frame) {
    wire::byte_reader in(frame);
    answer_frame read;
    if (in.u8() != layout) return std::nullopt;
    read.status = static_cast<std::int32_t>(in.u32be());
    read.body = copy_of(in.rest());
    if (!in.ok() || read.body.size() > body_max) return std::nullopt;
    return read;
}

frame_reader::state frame_reader::take(bytes_view& data) {
    const auto move = [&data](byte_buffer& to, std::size_t until) {
        const auto count = std::min(data.size(), until - to.size());
        to.insert(to.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(count));
        data = data.subspan(count);
        return to.size() == until;
    };
    if (length_.size() < length_size) {
        if (!move(length_, length_size)) return state::reading;
        for (const auto digit : length_)
            size_ = size_ << 8 | digit;
    }
    if (size_ == 0 || size_ > frame_max) return state::broken;
    return move(frame_, size_) ? state::whole : state::reading;
}

}  // namespace meshhost::message
