// SPDX-License-Identifier: Apache-2.0
// EndpointTicket of iroh 1.x: "endpoint", then base32 of this postcard structure:
//   varint 0 (the only variant) · 32 bytes id · varint count · count addresses, each
//     0 relay:   varint length, URL
//     1 IP:      0, 4 bytes, varint port | 1, 16 bytes, varint port
//     2 custom:  varint transport id, then since iroh 1.1: varint length, bytes;
//                before: 0, u8 size, 30 bytes (`size` of them used) | 1, varint length, bytes
// The addresses are a sorted set: relays by text, then IPv4, then IPv6, then custom ones. Bytes
// after the structure are ignored.
#include "base/quote.hpp"
#include "identity/endpoint_addr.hpp"
#include "identity/relay_url.hpp"
#include "wire/base32.hpp"
#include "wire/postcard.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::identity {

namespace {

constexpr std::string_view prefix = "endpoint";
constexpr auto alphabet = wire::base32_alphabet::rfc4648;

constexpr std::uint32_t only_variant = 0;
enum address_kind : std::uint32_t { relay = 0, ip = 1, custom = 2 };
enum ip_kind : std::uint32_t { v4 = 0, v6 = 1 };
enum custom_kind : std::uint32_t { held_inline = 0, held_on_heap = 1 };

constexpr std::size_t custom_inline_max = 30;   // before iroh 1.1, more went to the heap
constexpr std::size_t custom_size_max = 4'096;  // a guess; known transports need some tens

/// How custom addresses are laid out; a ticket does not say.
enum class custom_form { since_1_1, before_1_1 };

/// One walk over the bytes of a ticket. Fails as its postcard_reader does, and knows why.
class ticket_reader {
public:
    ticket_reader(bytes_view body, custom_form form)
        : in_(body)
        , form_(form)
        , size_(body.size()) {}

    /// nullopt: cause() says what is wrong, and where.
    std::optional<endpoint_addr> read();
    std::string cause() const;
    /// The ticket was read, and nothing follows it.
    bool at_end() const noexcept { return in_.at_end(); }

private:
    endpoint_id read_id();
    void read_address(endpoint_addr& addr);
    std::string read_relay();
    ip_endpoint read_ip();
    void skip_custom();
    void fail(std::string cause);

    wire::postcard_reader in_;
    custom_form form_;
    std::size_t size_;
    std::string place_;  ///< what is being read, when that is one of the addresses
    std::string cause_;  ///< what is wrong, when it is not merely a lack of bytes
};

std::optional<endpoint_addr> ticket_reader::read() {
    const std::uint32_t variant = in_.u32();
    if (variant != only_variant) fail("unknown version " + std::to_string(variant));
    endpoint_addr addr{.id = read_id(), .relays = {}, .direct = {}};
    const std::uint64_t count = in_.u64();
    if (count > ticket_addresses_max) {
        fail(
            std::to_string(count) + " addresses; the most is "
            + std::to_string(ticket_addresses_max)
        );
    }
    for (std::uint64_t number = 1; in_.ok() && number <= count; ++number) {
        place_ = "address " + std::to_string(number) + " of " + std::to_string(count) + ": ";
        read_address(addr);
    }
    if (!in_.ok()) return std::nullopt;
    put_in_order(addr);
    return addr;
}

endpoint_id ticket_reader::read_id() {
    const bytes_view key = in_.fixed(endpoint_id::size);
    const auto id = endpoint_id::from_bytes(key);
    if (in_.ok() && !id) fail(in_quotes(to_hex(key), 64) + " is no endpoint id");
    return id.value_or(endpoint_id{});
}

void ticket_reader::read_address(endpoint_addr& addr) {
    const std::uint32_t kind = in_.u32();
    switch (kind) {
    case address_kind::relay:
        addr.relays.push_back(read_relay());
        break;
    case address_kind::ip:
        addr.direct.push_back(read_ip());
        break;
    case address_kind::custom:
        skip_custom();
        break;
    default:
        fail("unknown kind " + std::to_string(kind));
    }
}

std::string ticket_reader::read_relay() {
    const std::string_view text = in_.string(relay_url_length_max);
    const auto url = normalise_relay_url(text);
    if (in_.ok() && !url) fail(in_quotes(text) + " is no relay URL");
    return url.value_or("");
}

ip_endpoint ticket_reader::read_ip() {
    const std::uint32_t kind = in_.u32();
    if (kind > ip_kind::v6) fail("unknown IP version " + std::to_string(kind));
    if (kind == ip_kind::v4) {
        const auto address = in_.array<4>();
        return ip_endpoint::v4(address, in_.u16());
    }
    const auto address = in_.array<16>();
    return ip_endpoint::v6(address, in_.u16());
}

void ticket_reader::skip_custom() {
    in_.u64();  // which transport
    if (form_ == custom_form::since_1_1) {
        in_.bytes(custom_size_max);
        return;
    }
    switch (in_.u32()) {
    case custom_kind::held_inline:
        if (in_.u8() > custom_inline_max) in_.fail();
        in_.fixed(custom_inline_max);
        break;
    case custom_kind::held_on_heap:
        if (in_.bytes(custom_size_max).size() <= custom_inline_max) in_.fail();
        break;
    default:
        in_.fail();
    }
}

void ticket_reader::fail(std::string cause) {
    if (!in_.ok()) return;  // the first cause is the one that counts
    cause_ = std::move(cause);
    in_.fail();
}

std::string ticket_reader::cause() const {
    if (!cause_.empty()) return place_ + cause_;
    return place_ + "cut short or damaged at byte " + std::to_string(in_.position()) + " of "
           + std::to_string(size_);
}

failure bad_ticket(const std::string& cause) {
    return {
        .exit = exit_code::invalid,
        .code = "E_BAD_TICKET",
        .message = "bad ticket: " + cause,
        .hint = "copy the whole ticket again, from \"endpoint\" to its last character",
    };
}

/// Why base32_decode refused `text`, which comes after the prefix.
std::string base32_fault(std::string_view text) {
    const auto foreign = wire::base32_find_foreign(text, alphabet);
    if (!foreign) return "cut short, or its last character is wrong";
    return "character " + std::to_string(prefix.size() + *foreign + 1) + " is "
           + in_quotes(text.substr(*foreign, 1)) + ", which no ticket contains";
}

void write_address(wire::postcard_writer& out, const ip_endpoint& address) {
    out.varint(address_kind::ip);
    out.varint(address.is_v4() ? ip_kind::v4 : ip_kind::v6);
    out.fixed(bytes_view(address.address).first(address.is_v4() ? 4 : 16));
    out.varint(address.port);
}

}  // namespace

std::string format_ticket(const endpoint_addr& addr) {
    endpoint_addr ordered = addr;
    put_in_order(ordered);
    auto& [id, relays, direct] = ordered;
    relays.resize(std::min(relays.size(), ticket_addresses_max));
    direct.resize(std::min(direct.size(), ticket_addresses_max - relays.size()));

    byte_buffer body;
    wire::postcard_writer out(body);
    out.varint(only_variant);
    out.fixed(id.bytes());
    out.varint(relays.size() + direct.size());
    for (const auto& url : relays) {
        out.varint(address_kind::relay);
        out.string(url);
    }
    for (const auto& address : direct)
        write_address(out, address);
    return std::string(prefix) + wire::base32_encode(body, alphabet);
}

outcome<endpoint_addr> parse_ticket(std::string_view text) {
    if (!text.starts_with(prefix)) {
        return bad_ticket(in_quotes(text, 12) + " does not begin with \"endpoint\"");
    }
    text.remove_prefix(prefix.size());
    const auto body = wire::base32_decode(text, alphabet);
    if (!body) return bad_ticket(base32_fault(text));

    ticket_reader reader(*body, custom_form::since_1_1);
    const auto addr = reader.read();
    if (addr && reader.at_end()) return *addr;
    // Something follows the ticket, or an older iroh laid out its custom addresses: the latter
    // when the ticket, read that way, ends where its bytes do.
    ticket_reader older_reader(*body, custom_form::before_1_1);
    const auto older = older_reader.read();
    if (older && older_reader.at_end()) return *older;
    if (!addr) return bad_ticket(reader.cause());
    return *addr;
}

}  // namespace meshhost::identity
