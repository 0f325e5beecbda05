// SPDX-License-Identifier: Apache-2.0
// The encoding: a fixed head, then tagged fields in ascending order, empty ones left out. The
// values are postcard's. One content has one encoding, so that equal bytes are equal digests.
#include "peers/proto/node_digest.hpp"

#include "peers/proto/config.hpp"
#include "peers/proto/digest_field.hpp"
#include "peers/proto/errc.hpp"
#include "wire/postcard.hpp"

#include <algorithm>
#include <type_traits>

namespace meshhost::peers::proto {

namespace {

using wire::postcard_reader;
using wire::postcard_writer;

constexpr std::size_t origin_offset = 1;

// --- writing ---

template <class Items, class WriteItem>
void write_list(postcard_writer& out, field tag, const Items& items, WriteItem write_item) {
    byte_buffer content;
    postcard_writer writer(content);
    for (const auto& item : items)
        write_item(writer, item);
    write_field(out, tag, content);
}

void write_address(postcard_writer& out, const ip_endpoint& address) {
    out.varint(address.is_v4() ? 0 : 1);
    out.fixed(bytes_view(address.address).first(address.is_v4() ? 4 : 16));
    out.varint(address.port);
}

void write_value(postcard_writer& out, const digest_value& value) {
    out.varint(value.index());
    std::visit(
        [&out](const auto& held) {
            using type = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<type, bool>) out.boolean(held);
            if constexpr (std::is_same_v<type, std::int64_t>) out.i64(held);
            if constexpr (std::is_same_v<type, std::uint64_t>) out.varint(held);
            if constexpr (std::is_same_v<type, double>) out.f64(held);
            if constexpr (std::is_same_v<type, std::string>) out.string(held);
            if constexpr (std::is_same_v<type, byte_buffer>) out.bytes(held);
        },
        value
    );
}

void write_contribution(postcard_writer& out, const contribution& item) {
    out.string(item.role);
    out.string(item.key);
    out.string(item.unit);
    write_value(out, item.value);
}

// --- reading ---

ip_endpoint read_address(postcard_reader& in) {
    const std::uint32_t family = in.u32();
    if (family == 0) {
        const auto address = in.array<4>();
        return ip_endpoint::v4(address, in.u16());
    }
    if (family != 1) in.fail();
    const auto address = in.array<16>();
    return ip_endpoint::v6(address, in.u16());
}

digest_value read_value(postcard_reader& in) {
    switch (in.u32()) {
    case 0:
        return std::monostate{};
    case 1:
        return in.boolean();
    case 2:
        return in.i64();
    case 3:
        return in.u64();
    case 4:
        return in.f64();
    case 5:
        return std::string(in.string(value_size_max));
    case 6: {
        const bytes_view bytes = in.bytes(value_size_max);
        return byte_buffer(bytes.begin(), bytes.end());
    }
    default:
        in.fail();
        return std::monostate{};
    }
}

contribution read_contribution(postcard_reader& in) {
    contribution item;
    item.role = in.string(role_size_max);
    item.key = in.string(key_size_max);
    item.unit = in.string(unit_size_max);
    item.value = read_value(in);
    return item;
}

template <class Item, class ReadItem>
error_code read_list(
    bytes_view content,
    std::vector<Item>& items,
    std::size_t count_max,
    ReadItem read_item
) {
    postcard_reader in(content);
    while (!in.at_end()) {
        if (items.size() == count_max) return errc::too_many;
        items.push_back(read_item(in));
        if (!in.ok()) return errc::malformed;
    }
    return {};
}

error_code read_field(std::uint8_t tag, bytes_view content, node_digest& digest) {
    switch (static_cast<field>(tag)) {
    case field::mesh:
        digest.mesh = as_text(content);
        return {};
    case field::name:
        digest.name = as_text(content);
        return {};
    case field::version:
        digest.version = as_text(content);
        return {};
    case field::roles:
        return read_list(content, digest.roles, roles_max, [](postcard_reader& in) {
            return std::string(in.string(role_size_max));
        });
    case field::addresses:
        return read_list(content, digest.addresses, addresses_max, read_address);
    case field::contributions:
        return read_list(content, digest.contributions, contributions_max, read_contribution);
    case field::tier:
    case field::budget:
    case field::load:
    case field::capabilities:
    case field::home_relay:
    case field::neighbors:
    case field::lease:
    case field::meters:
        return read_fact(static_cast<field>(tag), content, digest);
    }
    return {};  // a field of a later version
}

/// `known_size` is how much of the body this version understands: the rest is a later one's.
error_code read_fields(postcard_reader& in, node_digest& digest, std::size_t& known_size) {
    std::uint8_t last = 0;
    known_size = in.position();
    while (!in.at_end()) {
        const std::uint8_t tag = in.u8();
        const bytes_view content = in.bytes(record_size_max);
        if (!in.ok()) return errc::malformed;
        if (tag <= last) return errc::bad_field_order;
        if (content.empty()) return errc::not_canonical;
        last = tag;
        if (const error_code error = read_field(tag, content, digest)) return error;
        if (tag <= static_cast<std::uint8_t>(field::meters)) known_size = in.position();
    }
    return {};
}

error_code read_head(postcard_reader& in, node_digest& digest) {
    in.fixed(origin_offset + identity::endpoint_id::size);  // digest_origin() has read it
    digest.incarnation = in.u64();
    digest.sequence = in.u64();
    const std::uint8_t state = in.u8();
    const std::uint64_t uptime = in.u64();
    if (!in.ok()) return errc::malformed;
    if (state > static_cast<std::uint8_t>(node_state::left)) return errc::bad_state;
    if (uptime > static_cast<std::uint64_t>(std::chrono::milliseconds(uptime_max).count()))
        return errc::bad_uptime;
    digest.state = static_cast<node_state>(state);
    digest.uptime = std::chrono::milliseconds(uptime);
    return {};
}

bool is_same(bytes_view left, bytes_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

}  // namespace

std::size_t encoded_size(const contribution& item) {
    byte_buffer out;
    postcard_writer writer(out);
    write_contribution(writer, item);
    return out.size();
}

result<byte_buffer> encode_digest(const node_digest& digest) {
    if (const error_code error = check_digest(digest)) return error;
    byte_buffer body;
    postcard_writer out(body);
    const auto state = static_cast<std::uint8_t>(digest.state);
    const auto uptime = static_cast<std::uint64_t>(digest.uptime.count());
    write_head(out, {digest.origin, digest.number(), state, uptime});
    write_field(out, field::mesh, as_bytes(digest.mesh));
    write_field(out, field::name, as_bytes(digest.name));
    write_field(out, field::version, as_bytes(digest.version));
    write_list(out, field::roles, digest.roles, [](postcard_writer& to, const std::string& role) {
        to.string(role);
    });
    write_list(out, field::addresses, digest.addresses, write_address);
    write_list(out, field::contributions, digest.contributions, write_contribution);
    write_facts(out, digest);
    if (body.size() > body_size_max) return errc::too_large;
    return body;
}

result<identity::endpoint_id> digest_origin(bytes_view body) {
    if (body.size() < origin_offset + identity::endpoint_id::size) return errc::malformed;
    if (body[0] != digest_layout) return errc::unknown_layout;
    const auto origin =
        identity::endpoint_id::from_bytes(body.subspan(origin_offset, identity::endpoint_id::size));
    if (!origin) return errc::bad_origin;
    return *origin;
}

result<digest_version> digest_number(bytes_view body) {
    const auto origin = digest_origin(body);
    if (!origin) return origin.error();
    postcard_reader in(body.subspan(origin_offset + identity::endpoint_id::size));
    const digest_version number{in.u64(), in.u64()};
    if (!in.ok()) return errc::malformed;
    return number;
}

result<node_digest> decode_digest(bytes_view body) {
    if (body.size() > body_size_max) return errc::too_large;
    const auto origin = digest_origin(body);
    if (!origin) return origin.error();
    node_digest digest;
    digest.origin = *origin;
    postcard_reader in(body);
    if (const error_code error = read_head(in, digest)) return error;
    std::size_t known_size = 0;
    if (const error_code error = read_fields(in, digest, known_size)) return error;
    const auto canonical = encode_digest(digest);
    if (!canonical) return canonical.error();
    if (!is_same(body.first(known_size), *canonical)) return errc::not_canonical;
    return digest;
}

}  // namespace meshhost::peers::proto
