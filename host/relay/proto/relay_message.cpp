// SPDX-License-Identifier: Apache-2.0
#include "relay/proto/relay_message.hpp"

#include "relay/proto/errc.hpp"
#include "wire/byte_reader.hpp"
#include "wire/varint.hpp"

#include <algorithm>
#include <limits>

namespace meshhost::relay::proto {

namespace {

constexpr auto last_type = static_cast<std::uint64_t>(frame_type::status);

/// A view that may be written to, of what the reader has not read.
std::span<std::uint8_t> rest_of(const wire::byte_reader& in, std::span<std::uint8_t> payload) {
    return payload.subspan(in.position());
}

result<datagrams_frame> read_datagrams(std::span<std::uint8_t> payload, bool is_batch) {
    wire::byte_reader in(payload);
    datagrams_frame frame{in.array<peer_size>(), in.u8(), 0, {}};
    if (is_batch) frame.segment_size = in.u16be();
    if (!in.ok()) return errc::malformed;
    frame.data = rest_of(in, payload);
    return frame;
}

/// Bytes behind a ping's eight are refused, as iroh does.
result<ping_data> read_ping(bytes_view payload) {
    wire::byte_reader in(payload);
    const auto data = in.array<8>();
    if (!in.at_end()) return errc::malformed;
    return data;
}

result<server_frame> read_gone(bytes_view payload) {
    wire::byte_reader in(payload);
    const gone_frame frame{in.array<peer_size>()};
    if (!in.at_end()) return errc::malformed;
    return frame;
}

result<server_frame> read_restarting(bytes_view payload) {
    wire::byte_reader in(payload);
    const auto reconnect_in = std::chrono::milliseconds(in.u32be());
    const auto try_for = std::chrono::milliseconds(in.u32be());
    if (!in.at_end()) return errc::malformed;
    return restarting_frame{reconnect_in, try_for};
}

/// Bytes behind the first are for later versions.
result<server_frame> read_status(bytes_view payload) {
    if (payload.empty()) return errc::malformed;
    return status_frame{payload.front()};
}

template <class Frame, class Wide>
result<Wide> widen(const result<Frame>& read) {
    if (!read) return read.error();
    return Wide(*read);
}

void add_ms(frame_head& head, duration span) {
    const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
    const auto ms = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(count, 0, std::numeric_limits<std::uint32_t>::max())
    );
    for (int shift = 24; shift >= 0; shift -= 8)
        head.add(static_cast<std::uint8_t>(ms >> shift));
}

frame_head begin(frame_type type) {
    frame_head head;
    head.add(static_cast<std::uint8_t>(type));
    return head;
}

frame_head datagrams_head(
    frame_type single,
    frame_type batch,
    bytes_view peer,
    std::uint8_t ecn,
    std::uint16_t segment_size
) {
    frame_head head = begin(segment_size == 0 ? single : batch);
    head.add(peer.first(peer_size));
    head.add(ecn);
    if (segment_size != 0) {
        head.add(static_cast<std::uint8_t>(segment_size >> 8));
        head.add(static_cast<std::uint8_t>(segment_size));
    }
    return head;
}

}  // namespace

void frame_head::add(bytes_view value) noexcept {
    std::copy(value.begin(), value.end(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    size += value.size();
}

result<typed_payload> split_frame(std::span<std::uint8_t> message) {
    wire::byte_reader in(message);
    const std::uint64_t type = wire::read_quic_varint(in);
    if (!in.ok()) return errc::malformed;
    if (type > last_type) return errc::unknown_type;
    const auto payload = rest_of(in, message);
    if (payload.size() > frame_payload_max) return errc::frame_too_large;
    return typed_payload{static_cast<frame_type>(type), payload};
}

result<client_frame> decode_client_frame(std::span<std::uint8_t> message) {
    const auto split = split_frame(message);
    if (!split) return split.error();
    switch (split->type) {
    case frame_type::to_relay:
    case frame_type::to_relay_batch: {
        const bool is_batch = split->type == frame_type::to_relay_batch;
        return widen<datagrams_frame, client_frame>(read_datagrams(split->payload, is_batch));
    }
    case frame_type::ping: {
        const auto data = read_ping(split->payload);
        if (!data) return data.error();
        return client_frame(ping_frame{*data});
    }
    case frame_type::pong: {
        const auto data = read_ping(split->payload);
        if (!data) return data.error();
        return client_frame(pong_frame{*data});
    }
    case frame_type::server_challenge:
    case frame_type::client_auth:
    case frame_type::server_confirms:
    case frame_type::server_denies:
    case frame_type::to_client:
    case frame_type::to_client_batch:
    case frame_type::gone:
    case frame_type::health:
    case frame_type::restarting:
    case frame_type::status:
        break;
    }
    return errc::unexpected_frame;
}

result<server_frame> decode_server_frame(std::span<std::uint8_t> message, relay_version version) {
    const auto split = split_frame(message);
    if (!split) return split.error();
    switch (split->type) {
    case frame_type::to_client:
    case frame_type::to_client_batch: {
        const bool is_batch = split->type == frame_type::to_client_batch;
        return widen<datagrams_frame, server_frame>(read_datagrams(split->payload, is_batch));
    }
    case frame_type::gone:
        return read_gone(split->payload);
    case frame_type::ping: {
        const auto data = read_ping(split->payload);
        if (!data) return data.error();
        return server_frame(ping_frame{*data});
    }
    case frame_type::pong: {
        const auto data = read_ping(split->payload);
        if (!data) return data.error();
        return server_frame(pong_frame{*data});
    }
    case frame_type::health:
        if (version != relay_version::v1) return errc::unknown_type;
        return server_frame(health_frame{as_text(split->payload)});
    case frame_type::restarting:
        return read_restarting(split->payload);
    case frame_type::status:
        if (version != relay_version::v2) return errc::unknown_type;
        return read_status(split->payload);
    case frame_type::server_challenge:
    case frame_type::client_auth:
    case frame_type::server_confirms:
    case frame_type::server_denies:
    case frame_type::to_relay:
    case frame_type::to_relay_batch:
        break;
    }
    return errc::unexpected_frame;
}

frame_head head_to_relay(bytes_view peer, std::uint8_t ecn, std::uint16_t segment_size) {
    return datagrams_head(
        frame_type::to_relay,
        frame_type::to_relay_batch,
        peer,
        ecn,
        segment_size
    );
}

frame_head head_to_client(bytes_view peer, std::uint8_t ecn, std::uint16_t segment_size) {
    return datagrams_head(
        frame_type::to_client,
        frame_type::to_client_batch,
        peer,
        ecn,
        segment_size
    );
}

frame_head encode(const gone_frame& frame) {
    frame_head head = begin(frame_type::gone);
    head.add(frame.peer);
    return head;
}

frame_head encode(const ping_frame& frame) {
    frame_head head = begin(frame_type::ping);
    head.add(frame.data);
    return head;
}

frame_head encode(const pong_frame& frame) {
    frame_head head = begin(frame_type::pong);
    head.add(frame.data);
    return head;
}

frame_head encode(const restarting_frame& frame) {
    frame_head head = begin(frame_type::restarting);
    add_ms(head, frame.reconnect_in);
    add_ms(head, frame.try_for);
    return head;
}

frame_head encode(const status_frame& frame) {
    frame_head head = begin(frame_type::status);
    head.add(frame.value);
    return head;
}

frame_head health_head() {
    return begin(frame_type::health);
}

}  // namespace meshhost::relay::proto
