// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/pcp_message.hpp"

#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

namespace {

// RFC 6887 §7, §11.1.
constexpr std::uint8_t version = 2;
constexpr std::uint8_t opcode_map = 1;
constexpr std::uint8_t response_bit = 0x80;
constexpr std::uint8_t protocol_udp = 17;
constexpr std::size_t map_answer_bytes = 60;
namespace result_code {
constexpr std::uint8_t success = 0;
constexpr std::uint8_t unsupported_version = 1;
constexpr std::uint8_t unsupported_opcode = 4;
}  // namespace result_code

/// IPv4 as ::ffff:a.b.c.d.
std::array<std::uint8_t, 16> address_bytes(const ip_endpoint& address) {
    if (!address.is_v4()) return address.address;
    std::array<std::uint8_t, 16> bytes{};
    bytes[10] = bytes[11] = 0xff;
    std::copy_n(address.address.begin(), 4, bytes.begin() + 12);
    return bytes;
}

ip_endpoint read_address(const std::array<std::uint8_t, 16>& bytes, std::uint16_t port) {
    const std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (!std::equal(mapped.begin(), mapped.end(), bytes.begin()))
        return ip_endpoint::v6(bytes, port);
    return ip_endpoint::v4({bytes[12], bytes[13], bytes[14], bytes[15]}, port);
}

}  // namespace

bool is_outer_address(const ip_endpoint& address) noexcept {
    return address.port != 0 && !address.is_unspecified() && !address.is_multicast()
           && !address.is_loopback() && !address.is_link_local();
}

byte_buffer encode_pcp_request(const pcp_request& request) {
    byte_buffer made;
    wire::byte_writer out(made);
    out.u8(version);
    out.u8(opcode_map);
    out.u16be(0);
    out.u32be(static_cast<std::uint32_t>(request.lifetime.count()));
    out.bytes(address_bytes(request.client));
    out.bytes(request.nonce);
    out.u8(protocol_udp);
    out.u8(0);
    out.u16be(0);
    out.u16be(request.client.port);
    // Of the family that is wanted; all zero where any will do (RFC 6887 §11.1).
    const ip_endpoint any =
        request.client.is_v4() ? ip_endpoint::any_v4(0) : ip_endpoint::any_v6(0);
    const ip_endpoint wanted = request.wanted.value_or(any);
    out.u16be(wanted.port);
    out.bytes(address_bytes(wanted));
    return made;
}

pcp_answer read_pcp_answer(bytes_view datagram, const pcp_request& asked) {
    pcp_answer read;
    if (datagram.size() < 4 || datagram.size() > pcp_message_max) return read;
    wire::byte_reader in(datagram);
    const std::uint8_t its_version = in.u8();
    const std::uint8_t opcode = in.u8();
    in.u8();
    read.result = in.u8();
    if ((opcode & response_bit) == 0) return read;
    if (its_version != version) {
        // A router that knows only NAT-PMP answers so (RFC 6887 §9).
        if (read.result == result_code::unsupported_version)
            read.verdict = pcp_verdict::unsupported;
        return read;
    }
    read.lifetime = std::chrono::seconds(in.u32be());
    in.take(16);
    if (!in.ok()) return read;
    if (read.result == result_code::unsupported_version
        || read.result == result_code::unsupported_opcode) {
        read.verdict = pcp_verdict::unsupported;
        return read;
    }
    const auto nonce = in.array<12>();
    const std::uint8_t protocol = in.u8();
    in.take(3);
    const std::uint16_t inner_port = in.u16be();
    const std::uint16_t outer_port = in.u16be();
    read.outer = read_address(in.array<16>(), outer_port);
    const bool is_ours = in.ok() && datagram.size() >= map_answer_bytes
                         && opcode == (response_bit | opcode_map) && nonce == asked.nonce
                         && protocol == protocol_udp && inner_port == asked.client.port;
    if (!is_ours) return read;
    if (read.result != result_code::success) {
        read.verdict = pcp_verdict::refused;
        return read;
    }
    // What was to be forgotten has no address; of a mapping it is the point.
    const bool is_good =
        asked.lifetime.count() == 0 || (is_outer_address(read.outer) && read.lifetime.count() > 0);
    read.verdict = is_good ? pcp_verdict::granted : pcp_verdict::refused;
    return read;
}

}  // namespace meshhost::nat::proto
