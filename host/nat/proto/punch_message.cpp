// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/punch_message.hpp"

#include "base/assert.hpp"
#include "nat/proto/punch_errc.hpp"
#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

namespace meshhost::nat::proto {

namespace {

enum class frame_type : std::uint8_t {
    hello = 0,
    add_address = 1,
    remove_address = 2,
    reach_out = 3,
    probe_ok = 4,
};

// The traits' byte: bits 0-1 and 2-3 a `known`, bit 4 a flag, the rest for later.
constexpr unsigned udp_shift = 2;
constexpr unsigned known_mask = 3;
constexpr unsigned relay_only_bit = 1u << 4;

std::uint8_t bits_of(const nat_traits& traits) noexcept {
    const unsigned bits = static_cast<unsigned>(traits.mapping_varies)
                          | static_cast<unsigned>(traits.udp_works) << udp_shift
                          | (traits.relay_only ? relay_only_bit : 0);
    return static_cast<std::uint8_t>(bits);
}

/// 3 means nothing yet: unknown.
known known_of(unsigned bits) noexcept {
    return (bits & known_mask) > 2 ? known::unknown : static_cast<known>(bits & known_mask);
}

nat_traits traits_of(std::uint8_t bits) noexcept {
    return {known_of(bits), known_of(unsigned{bits} >> udp_shift), (bits & relay_only_bit) != 0};
}

void write_address(wire::byte_writer& out, const ip_endpoint& address) {
    out.u8(static_cast<std::uint8_t>(address.family));
    out.bytes(bytes_view(address.address).first(address.is_v4() ? 4 : 16));
    out.u16be(address.port);
}

ip_endpoint read_address(wire::byte_reader& in) {
    const std::uint8_t family = in.u8();
    ip_endpoint address;
    if (family == static_cast<std::uint8_t>(ip_family::v4)) {
        address = ip_endpoint::v4(in.array<4>(), 0);
    } else if (family == static_cast<std::uint8_t>(ip_family::v6)) {
        address = ip_endpoint::v6(in.array<16>(), 0);
    } else {
        in.fail();
    }
    address.port = in.u16be();
    return address;
}

void write_candidate(wire::byte_writer& out, const candidate& what) {
    out.u8(static_cast<std::uint8_t>(what.kind));
    write_address(out, what.address);
}

/// A kind of a later version is as good as any: an address that others see.
candidate read_candidate(wire::byte_reader& in) {
    const std::uint8_t kind = in.u8();
    const ip_endpoint address = read_address(in);
    const bool is_known = kind <= candidate_kind_max;
    return {address, is_known ? static_cast<candidate_kind>(kind) : candidate_kind::reflexive};
}

struct writer {
    wire::byte_writer& out;

    frame_type operator()(const hello_frame& frame) const {
        out.u8(frame.version);
        out.u8(bits_of(frame.traits));
        return frame_type::hello;
    }
    frame_type operator()(const add_address_frame& frame) const {
        out.u32be(frame.seq);
        write_candidate(out, frame.address);
        return frame_type::add_address;
    }
    frame_type operator()(const remove_address_frame& frame) const {
        out.u32be(frame.seq);
        return frame_type::remove_address;
    }
    frame_type operator()(const reach_out_frame& frame) const {
        MH_ASSERT(frame.addresses.size() <= candidate_set::size_max, "a round has a limit");
        out.u32be(frame.round);
        out.u8(frame.attempt);
        out.u8(frame.attempts);
        out.u8(static_cast<std::uint8_t>(frame.addresses.size()));
        for (const candidate& one : frame.addresses)
            write_candidate(out, one);
        return frame_type::reach_out;
    }
    frame_type operator()(const probe_ok_frame& frame) const {
        out.u32be(frame.round);
        write_address(out, frame.address);
        return frame_type::probe_ok;
    }
};

/// What a later version puts behind its first two bytes is skipped: only the hello may grow.
control_frame read_hello(wire::byte_reader& in) {
    const std::uint8_t version = in.u8();
    const nat_traits traits = traits_of(in.u8());
    in.rest();
    if (version == 0) in.fail();
    return hello_frame{version, traits};
}

control_frame read_reach_out(wire::byte_reader& in) {
    reach_out_frame frame;
    frame.round = in.u32be();
    frame.attempt = in.u8();
    frame.attempts = in.u8();
    const std::size_t count = in.u8();
    if (count > candidate_set::size_max) in.fail();
    for (std::size_t i = 0; i < count && in.ok(); ++i)
        frame.addresses.push_back(read_candidate(in));
    return frame;
}

}  // namespace

void append_frame(byte_buffer& out, const control_frame& frame) {
    byte_buffer payload;
    wire::byte_writer content(payload);
    const frame_type type = std::visit(writer{content}, frame);
    MH_ASSERT(payload.size() <= control_payload_max, "every frame fits its limit");
    wire::byte_writer whole(out);
    whole.u8(static_cast<std::uint8_t>(type));
    whole.u16be(static_cast<std::uint16_t>(payload.size()));
    whole.bytes(payload);
}

void control_reader::feed(bytes_view data) {
    if (error_) return;
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(read_));
    read_ = 0;
    buffer_.insert(buffer_.end(), data.begin(), data.end());
}

std::optional<control_frame> control_reader::poll() {
    while (!error_) {
        wire::byte_reader in(bytes_view(buffer_).subspan(read_));
        const std::uint8_t type = in.u8();
        const std::size_t size = in.u16be();
        if (!in.ok()) return std::nullopt;
        if (size > control_payload_max) {
            error_ = punch_errc::too_large;
            return std::nullopt;
        }
        const bytes_view payload = in.take(size);
        if (!in.ok()) return std::nullopt;
        read_ += in.position();
        if (auto frame = decode(type, payload)) return frame;
    }
    return std::nullopt;
}

/// Nothing: a type that is not known, or error_ is set.
std::optional<control_frame> control_reader::decode(std::uint8_t type, bytes_view payload) {
    wire::byte_reader in(payload);
    std::optional<control_frame> frame;
    switch (static_cast<frame_type>(type)) {
    case frame_type::hello:
        frame = read_hello(in);
        break;
    case frame_type::add_address: {
        const std::uint32_t seq = in.u32be();
        frame = add_address_frame{seq, read_candidate(in)};
        break;
    }
    case frame_type::remove_address:
        frame = remove_address_frame{in.u32be()};
        break;
    case frame_type::reach_out:
        frame = read_reach_out(in);
        break;
    case frame_type::probe_ok: {
        const std::uint32_t round = in.u32be();
        frame = probe_ok_frame{round, read_address(in)};
        break;
    }
    }
    if (!frame || in.at_end()) return frame;
    error_ = punch_errc::malformed;
    return std::nullopt;
}

}  // namespace meshhost::nat::proto
