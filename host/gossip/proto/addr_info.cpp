// SPDX-License-Identifier: Apache-2.0
// postcard: option(string relay), vec(socket address); a socket address is 00, 4 bytes, port or
// 01, 16 bytes, port, the port as a u16 varint.
#include "gossip/proto/addr_info.hpp"

#include "identity/relay_url.hpp"
#include "wire/postcard.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

namespace {

constexpr std::size_t v4_size = 4;
constexpr std::size_t v6_size = 16;

byte_buffer encode(const std::string& relay, std::span<const ip_endpoint> direct) {
    byte_buffer out;
    wire::postcard_writer writer(out);
    writer.option(!relay.empty());
    if (!relay.empty()) writer.string(relay);
    writer.varint(direct.size());
    for (const ip_endpoint& address : direct) {
        writer.u8(address.is_v4() ? 0 : 1);
        writer.fixed(bytes_view(address.address).first(address.is_v4() ? v4_size : v6_size));
        writer.varint(address.port);
    }
    return out;
}

ip_endpoint read_address(wire::postcard_reader& in) {
    const std::uint32_t kind = in.u32();
    if (kind > 1) in.fail();
    if (kind == 0) {
        const auto address = in.array<v4_size>();
        return ip_endpoint::v4(address, in.u16());
    }
    const auto address = in.array<v6_size>();
    return ip_endpoint::v6(address, in.u16());
}

}  // namespace

byte_buffer encode_addr_info(const addr_info& info, std::size_t size_max) {
    std::vector<ip_endpoint> direct = info.direct;
    std::sort(direct.begin(), direct.end());
    if (direct.size() > addr_info_direct_max) direct.resize(addr_info_direct_max);
    byte_buffer out = encode(info.relay, direct);
    while (out.size() > size_max && !direct.empty()) {
        direct.pop_back();
        out = encode(info.relay, direct);
    }
    return out.size() <= size_max ? out : encode({}, direct);
}

std::optional<addr_info> decode_addr_info(bytes_view data) {
    if (data.empty()) return addr_info{};
    wire::postcard_reader in(data);
    addr_info out;
    if (in.option()) {
        const auto url = in.string(identity::relay_url_length_max);
        if (in.ok()) out.relay = identity::normalise_relay_url(url).value_or("");
    }
    for (std::size_t left = in.count(addr_info_direct_max); left > 0 && in.ok(); --left)
        out.direct.push_back(read_address(in));
    if (!in.ok()) return std::nullopt;
    return out;
}

}  // namespace meshhost::gossip::proto
