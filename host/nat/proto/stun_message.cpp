// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/stun_message.hpp"

#include "base/assert.hpp"
#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

#include <boost/crc.hpp>

#include <algorithm>

namespace meshhost::nat::proto {

namespace {

// RFC 8489 §5, §14, §18; RFC 5780 §7.
constexpr std::uint32_t magic_cookie = 0x2112'a442;
constexpr std::uint32_t fingerprint_mask = 0x5354'554e;
constexpr std::uint16_t binding_request = 0x0001;
constexpr std::uint16_t binding_success = 0x0101;
constexpr std::uint16_t binding_error = 0x0111;
constexpr std::size_t length_at = 2;
constexpr std::size_t fingerprint_bytes = 8;  // with its head
constexpr std::uint8_t family_v4 = 1;
constexpr std::uint8_t family_v6 = 2;

namespace attribute {
constexpr std::uint16_t mapped_address = 0x0001;
constexpr std::uint16_t change_request = 0x0003;
constexpr std::uint16_t username = 0x0006;
constexpr std::uint16_t message_integrity = 0x0008;
constexpr std::uint16_t error_code = 0x0009;
constexpr std::uint16_t unknown_attributes = 0x000a;
constexpr std::uint16_t realm = 0x0014;
constexpr std::uint16_t nonce = 0x0015;
constexpr std::uint16_t message_integrity_sha256 = 0x001c;
constexpr std::uint16_t xor_mapped_address = 0x0020;
constexpr std::uint16_t padding = 0x0026;
constexpr std::uint16_t fingerprint = 0x8028;
constexpr std::uint16_t response_origin = 0x802b;
constexpr std::uint16_t other_address = 0x802c;
constexpr std::uint16_t first_optional = 0x8000;
}  // namespace attribute

constexpr std::uint32_t change_ip_flag = 0x4;
constexpr std::uint32_t change_port_flag = 0x2;

std::uint32_t fingerprint_of(bytes_view before) {
    boost::crc_32_type crc;
    crc.process_bytes(before.data(), before.size());
    return crc.checksum() ^ fingerprint_mask;
}

std::uint32_t read_u32(bytes_view bytes) {
    return wire::byte_reader(bytes).u32be();
}

struct header {
    std::uint16_t type = 0;
    stun_transaction_id id{};
};

std::optional<header> read_header(bytes_view datagram) {
    if (datagram.size() > stun_message_max || !looks_like_stun(datagram)) return std::nullopt;
    wire::byte_reader in(datagram);
    header read;
    read.type = in.u16be();
    const std::size_t length = in.u16be();
    in.u32be();
    read.id = in.array<12>();
    const bool is_whole = length % 4 == 0 && length + stun_header_bytes == datagram.size();
    return is_whole ? std::optional(read) : std::nullopt;
}

/// What XOR-MAPPED-ADDRESS does to an address, and undoes (RFC 8489 §14.2).
ip_endpoint mask(ip_endpoint address, const stun_transaction_id& id) {
    address.port = static_cast<std::uint16_t>(address.port ^ (magic_cookie >> 16));
    std::array<std::uint8_t, 16> bits{};
    for (std::size_t i = 0; i < 4; ++i)
        bits[i] = static_cast<std::uint8_t>(magic_cookie >> (24 - 8 * i));
    std::copy(id.begin(), id.end(), bits.begin() + 4);
    const std::size_t used = address.is_v4() ? 4 : 16;
    for (std::size_t i = 0; i < used; ++i)
        address.address[i] = static_cast<std::uint8_t>(address.address[i] ^ bits[i]);
    return address;
}

/// Address family, port and address of a (XOR-)MAPPED-ADDRESS and its kin. With `id`: not as they
/// stand there.
std::optional<ip_endpoint> read_address(bytes_view value, const stun_transaction_id* id) {
    wire::byte_reader in(value);
    in.u8();
    const std::uint8_t family = in.u8();
    ip_endpoint read;
    read.port = in.u16be();
    if (family == family_v4) {
        const auto four = in.array<4>();
        std::copy(four.begin(), four.end(), read.address.begin());
    } else if (family == family_v6) {
        read.family = ip_family::v6;
        read.address = in.array<16>();
    } else {
        return std::nullopt;
    }
    if (!in.at_end()) return std::nullopt;
    return id == nullptr ? read : mask(read, *id);
}

/// RFC 8489 §14.8; 0: none that means anything.
std::uint16_t read_error_code(bytes_view value) {
    if (value.size() < 4) return 0;
    const unsigned hundreds = value[2] & 0x7u;
    const unsigned rest = value[3];
    if (hundreds < 3 || hundreds > 6 || rest > 99) return 0;
    return static_cast<std::uint16_t>(hundreds * 100 + rest);
}

/// Has to be understood, and is not; those of credentials are, in that we have none.
bool is_unknown(std::uint16_t type) {
    constexpr std::array known{
        attribute::mapped_address,
        attribute::change_request,
        attribute::username,
        attribute::message_integrity,
        attribute::error_code,
        attribute::unknown_attributes,
        attribute::realm,
        attribute::nonce,
        attribute::message_integrity_sha256,
        attribute::xor_mapped_address,
        attribute::padding};
    return type < attribute::first_optional
           && std::find(known.begin(), known.end(), type) == known.end();
}

/// One attribute after the other, and the fingerprint, which has to be the last.
class attribute_reader {
public:
    explicit attribute_reader(bytes_view datagram)
        : datagram_(datagram)
        , in_(datagram) {
        in_.take(stun_header_bytes);
    }

    struct item {
        std::uint16_t type = 0;
        bytes_view value;
    };

    /// nullopt: there is none any more; error() tells whether all went well.
    std::optional<item> next() {
        while (in_.ok() && in_.remaining() > 0 && !error_) {
            const std::size_t at = in_.position();
            item read;
            read.type = in_.u16be();
            const std::size_t length = in_.u16be();
            read.value = in_.take(length);
            in_.take((4 - length % 4) % 4);
            if (!in_.ok() || ++count_ > stun_attributes_max) return fail(stun_errc::malformed);
            if (read.type == attribute::fingerprint) {
                const bool is_right =
                    in_.at_end() && length == 4
                    && read_u32(read.value) == fingerprint_of(datagram_.first(at));
                if (!is_right) return fail(stun_errc::bad_fingerprint);
                has_fingerprint_ = true;
                return std::nullopt;
            }
            const bool is_hidden = is_behind_integrity_;
            is_behind_integrity_ |= read.type == attribute::message_integrity
                                    || read.type == attribute::message_integrity_sha256;
            if (!is_hidden) return read;
        }
        return std::nullopt;
    }

    error_code error() const noexcept { return error_; }
    bool has_fingerprint() const noexcept { return has_fingerprint_; }

private:
    std::optional<item> fail(stun_errc why) {
        error_ = why;
        return std::nullopt;
    }

    bytes_view datagram_;
    wire::byte_reader in_;
    error_code error_;
    std::size_t count_ = 0;
    bool is_behind_integrity_ = false;
    bool has_fingerprint_ = false;
};

/// What a server without credentials and with one address does (RFC 8489 §6.3.1): next to nothing
/// is known to it; MESSAGE-INTEGRITY and its kin are passed over.
bool is_unknown_to_server(std::uint16_t type) {
    return is_unknown(type) || type == attribute::change_request || type == attribute::padding;
}

void put_address(wire::byte_writer& out, std::uint16_t type, const ip_endpoint& address) {
    const std::size_t size = address.is_v4() ? 4 : 16;
    out.u16be(type);
    out.u16be(static_cast<std::uint16_t>(4 + size));
    out.u16be(address.is_v4() ? family_v4 : family_v6);
    out.u16be(address.port);
    out.bytes(bytes_view(address.address).first(size));
}

void begin_message(wire::byte_writer& out, std::uint16_t type, const stun_transaction_id& id) {
    out.u16be(type);
    out.u16be(0);
    out.u32be(magic_cookie);
    out.bytes(id);
}

/// Its length, at last, and its fingerprint.
void end_message(byte_buffer& made, bool has_fingerprint) {
    // The length counts the fingerprint before it is made (RFC 8489 §14.7).
    const std::size_t tail = has_fingerprint ? fingerprint_bytes : 0;
    made[length_at + 1] = static_cast<std::uint8_t>(made.size() + tail - stun_header_bytes);
    if (!has_fingerprint) return;
    const std::uint32_t fingerprint = fingerprint_of(made);
    wire::byte_writer out(made);
    out.u16be(attribute::fingerprint);
    out.u16be(4);
    out.u32be(fingerprint);
}

/// The first of its kind counts, also one that cannot be read: then the message is malformed.
bool set_once(std::optional<ip_endpoint>& to, bytes_view value, const stun_transaction_id* id) {
    if (to) return true;
    to = read_address(value, id);
    return to.has_value();
}

}  // namespace

bool looks_like_stun(bytes_view datagram) noexcept {
    if (datagram.size() < stun_header_bytes || datagram[0] > 3) return false;
    return wire::byte_reader(datagram.subspan(4)).u32be() == magic_cookie;
}

byte_buffer encode_stun_request(const stun_request& request) {
    byte_buffer made;
    wire::byte_writer out(made);
    begin_message(out, binding_request, request.id);
    if (request.change_ip || request.change_port) {
        out.u16be(attribute::change_request);
        out.u16be(4);
        out.u32be(
            (request.change_ip ? change_ip_flag : 0) | (request.change_port ? change_port_flag : 0)
        );
    }
    end_message(made, true);
    return made;
}

result<stun_answer> read_stun_answer(bytes_view datagram) {
    const auto head = read_header(datagram);
    if (!head) return stun_errc::not_stun;
    const bool is_error = head->type == binding_error;
    if (head->type != binding_success && !is_error) return stun_errc::unexpected;

    stun_answer read;
    read.id = head->id;
    std::optional<ip_endpoint> plain;
    attribute_reader in(datagram);
    bool is_readable = true;
    bool is_understood = true;
    while (const auto item = in.next()) {
        switch (item->type) {
        case attribute::xor_mapped_address:
            is_readable &= set_once(read.mapped, item->value, &read.id);
            break;
        case attribute::mapped_address:
            is_readable &= set_once(plain, item->value, nullptr);
            break;
        case attribute::response_origin:
            is_readable &= set_once(read.origin, item->value, nullptr);
            break;
        case attribute::other_address:
            is_readable &= set_once(read.other, item->value, nullptr);
            break;
        case attribute::error_code:
            if (is_error && read.error == 0) read.error = read_error_code(item->value);
            break;
        default:
            is_understood &= !is_unknown(item->type);
        }
    }
    if (in.error()) return in.error();
    if (!is_readable || (is_error && read.error == 0)) return stun_errc::malformed;
    if (!is_understood) return stun_errc::unknown_attribute;
    if (is_error) {
        read.mapped.reset();
        return read;
    }
    if (!read.mapped) read.mapped = plain;
    if (!read.mapped) return stun_errc::no_mapped_address;
    return read;
}

result<stun_transaction_id> read_stun_request(bytes_view datagram) {
    const auto query = read_binding_query(datagram);
    if (!query) return query.error();
    if (!query->has_fingerprint) return stun_errc::bad_fingerprint;
    return query->id;
}

result<binding_query> read_binding_query(bytes_view datagram) {
    const auto head = read_header(datagram);
    if (!head) return stun_errc::not_stun;
    if (head->type != binding_request) return stun_errc::unexpected;
    binding_query read;
    read.id = head->id;
    attribute_reader in(datagram);
    while (const auto item = in.next()) {
        auto& unknown = read.unknown;
        const bool is_new =
            is_unknown_to_server(item->type)
            && std::find(unknown.begin(), unknown.end(), item->type) == unknown.end();
        if (is_new && unknown.size() < binding_query::unknown_max) unknown.push_back(item->type);
    }
    if (in.error()) return in.error();
    read.has_fingerprint = in.has_fingerprint();
    return read;
}

byte_buffer encode_binding_success(
    const binding_query& query,
    const ip_endpoint& mapped,
    const std::optional<ip_endpoint>& other
) {
    byte_buffer made;
    wire::byte_writer out(made);
    begin_message(out, binding_success, query.id);
    put_address(out, attribute::xor_mapped_address, mask(mapped, query.id));
    if (other) put_address(out, attribute::other_address, *other);
    end_message(made, query.has_fingerprint);
    return made;
}

byte_buffer encode_binding_error(const binding_query& query, unsigned code) {
    MH_ASSERT(code >= 300 && code <= 699, "an error has a code (RFC 8489 §14.8)");
    byte_buffer made;
    wire::byte_writer out(made);
    begin_message(out, binding_error, query.id);
    out.u16be(attribute::error_code);
    out.u16be(4);
    out.u16be(0);
    out.u16be(static_cast<std::uint16_t>(code / 100 << 8 | code % 100));
    if (!query.unknown.empty()) {
        out.u16be(attribute::unknown_attributes);
        out.u16be(static_cast<std::uint16_t>(2 * query.unknown.size()));
        for (const std::uint16_t type : query.unknown)
            out.u16be(type);
        if (query.unknown.size() % 2 != 0) out.u16be(0);
    }
    end_message(made, query.has_fingerprint);
    return made;
}

}  // namespace meshhost::nat::proto
