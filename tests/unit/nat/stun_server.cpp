// SPDX-License-Identifier: Apache-2.0
#include "stun_server.hpp"

#include "wire/byte_writer.hpp"

namespace meshhost::test {

namespace {

byte_buffer begin(std::uint16_t type, bytes_view request) {
    byte_buffer made;
    wire::byte_writer out(made);
    out.u16be(type);
    out.u16be(0);
    out.bytes(request.subspan(4, 16));
    return made;
}

void end(byte_buffer& made) {
    made[3] = static_cast<std::uint8_t>(made.size() - 20);
}

void put_address(byte_buffer& to, std::uint16_t type, const ip_endpoint& address, bytes_view mask) {
    wire::byte_writer out(to);
    const std::size_t size = address.is_v4() ? 4 : 16;
    out.u16be(type);
    out.u16be(static_cast<std::uint16_t>(4 + size));
    out.u16be(address.is_v4() ? 1 : 2);
    const auto mask_of = [&](std::size_t at) { return mask.empty() ? 0 : mask[at]; };
    out.u16be(static_cast<std::uint16_t>(address.port ^ (mask_of(0) << 8 | mask_of(1))));
    for (std::size_t i = 0; i < size; ++i)
        out.u8(static_cast<std::uint8_t>(address.address[i] ^ mask_of(i)));
}

}  // namespace

byte_buffer stun_answer_to(
    bytes_view request,
    const ip_endpoint& seen,
    const std::optional<ip_endpoint>& other
) {
    byte_buffer made = begin(0x0101, request);
    put_address(made, 0x0020, seen, request.subspan(4, 16));
    if (other) put_address(made, 0x802c, *other, {});
    end(made);
    return made;
}

byte_buffer stun_error_to(bytes_view request, unsigned code) {
    byte_buffer made = begin(0x0111, request);
    wire::byte_writer out(made);
    out.u16be(0x0009);
    out.u16be(4);
    out.u16be(0);
    out.u16be(static_cast<std::uint16_t>(code / 100 << 8 | code % 100));
    end(made);
    return made;
}

}  // namespace meshhost::test
