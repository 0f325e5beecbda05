// SPDX-License-Identifier: Apache-2.0
// Tickets: byte for byte iroh's, and every way in which one can be wrong is named.
#include "identity/endpoint_addr.hpp"
#include "support/catch.hpp"
#include "wire/base32.hpp"
#include "wire/postcard.hpp"

using namespace meshhost;
using namespace meshhost::identity;

namespace {

const std::string id_hex = "197f6b23e16c8532c6abc838facd5ea789be0c76b2920334039bfa8b3d368d61";
const std::string local_1024 = "01007f0000018008";  // 127.0.0.1:1024

endpoint_id id_of(std::string_view hex) {
    return endpoint_id::parse(hex).value();
}

/// The ticket with these bytes.
std::string ticket_of(std::string_view hex) {
    const byte_buffer body = from_hex(hex).value();
    return "endpoint" + wire::base32_encode(body, wire::base32_alphabet::rfc4648);
}

std::string body_hex(std::string_view ticket) {
    const auto body = wire::base32_decode(
        ticket.substr(std::string_view("endpoint").size()),
        wire::base32_alphabet::rfc4648
    );
    return to_hex(body.value());
}

/// Throws, and so fails the test, when the ticket is refused.
endpoint_addr read(std::string_view ticket) {
    return parse_ticket(ticket).value();
}

std::string cause_of(std::string_view ticket) {
    const auto addr = parse_ticket(ticket);
    if (addr) return "no error";
    CHECK(addr.error().code == "E_BAD_TICKET");
    CHECK(addr.error().exit == exit_code::invalid);
    CHECK_FALSE(addr.error().hint.empty());
    return addr.error().message;
}

endpoint_addr local_addr() {
    return {.id = id_of(id_hex), .relays = {}, .direct = {ip_endpoint::loopback_v4(1024)}};
}

}  // namespace

TEST_CASE("ticket: iroh's own vector, a relay and an address", "[identity][ticket]") {
    const std::string id = "ae58ff8833241ac82d6ff7611046ed67b5072d142c588d0063e942d9a75502b6";
    const endpoint_addr addr{
        .id = id_of(id),
        .relays = {"http://derp.me./"},
        .direct = {ip_endpoint::loopback_v4(1024)},
    };
    const std::string ticket = format_ticket(addr);
    CHECK(
        body_hex(ticket) == "00" + id + "02" + "0010687474703a2f2f646572702e6d652e2f" + local_1024
    );
    CHECK(read(ticket) == addr);
}

TEST_CASE("ticket: a ticket that iroh read is written the same", "[identity][ticket]") {
    const auto* text =
        "endpointaamx62zd4fwikmwgvpedr6wnl2tytpqmo2zjeazuaon7vcz5g2gwcaibab7qaaabqaea";
    CHECK(format_ticket(local_addr()) == text);
    CHECK(read(text) == local_addr());
}

TEST_CASE("ticket: a ticket that iroh wrote is read", "[identity][ticket]") {
    const auto* text =
        "endpointaany7qzvi57wg63p5dpsfqyujuejaxprswdcc7ntbv7cxghdf5vamaibab7qaaabvgkag";
    const endpoint_addr expected{
        .id = id_of("1b8fc335477f637b6fe8df22c3144d08905df19586217db30d7e2b98e32f6a06"),
        .relays = {},
        .direct = {ip_endpoint::loopback_v4(51'753)},
    };
    CHECK(read(text) == expected);
    CHECK(format_ticket(expected) == text);
}

TEST_CASE("ticket: addresses are written in the order of iroh's set, once each", "[identity]") {
    const auto v4 = [](std::uint8_t last, std::uint16_t port) {
        return ip_endpoint::v4({192, 0, 2, last}, port);
    };
    const auto v6 = ip_endpoint::v6({0x20, 0x01, 0x0d, 0xb8}, 1);
    const endpoint_addr addr{
        .id = id_of(id_hex),
        .relays = {"https://b.example/", "https://a.example/", "https://b.example/"},
        .direct = {v6, v4(7, 9), v4(7, 8), v4(3, 99), v4(7, 9)},
    };
    CHECK(
        body_hex(format_ticket(addr))
        == "00" + id_hex + "06"                              //
               + "001268747470733a2f2f612e6578616d706c652f"  //
               + "001268747470733a2f2f622e6578616d706c652f"  //
               + "0100c000020363"                            //
               + "0100c000020708"                            //
               + "0100c000020709"                            //
               + "010120010db800000000000000000000000001"
    );
    const endpoint_addr again = read(format_ticket(addr));
    CHECK(again.relays == std::vector<std::string>{"https://a.example/", "https://b.example/"});
    CHECK(again.direct == std::vector{v4(3, 99), v4(7, 8), v4(7, 9), v6});
}

TEST_CASE("ticket: addresses that come unsorted and twice are put in order", "[identity]") {
    const endpoint_addr addr = read(
        ticket_of("00" + id_hex + "03" + "0100c000020709" + "0100c000020708" + "0100c000020709")
    );
    CHECK(
        addr.direct
        == std::vector{ip_endpoint::v4({192, 0, 2, 7}, 8), ip_endpoint::v4({192, 0, 2, 7}, 9)}
    );
}

TEST_CASE("ticket: a ticket without addresses is one", "[identity][ticket]") {
    const endpoint_addr addr{.id = id_of(id_hex), .relays = {}, .direct = {}};
    CHECK(body_hex(format_ticket(addr)) == "00" + id_hex + "00");
    CHECK(read(format_ticket(addr)) == addr);
}

TEST_CASE("ticket: the prefix is lower case, the rest in any", "[identity][ticket]") {
    std::string text = format_ticket(local_addr());
    for (std::size_t i = 8; i < text.size(); i += 2)
        text[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[i])));
    CHECK(read(text) == local_addr());
    text[0] = 'E';
    CHECK(cause_of(text) == "bad ticket: \"EndpointAaMx...\" does not begin with \"endpoint\"");
}

TEST_CASE("ticket: bytes after the ticket are ignored", "[identity][ticket]") {
    CHECK(read(ticket_of("00" + id_hex + "01" + local_1024 + "deadbeef")) == local_addr());
}

TEST_CASE("ticket: custom addresses are skipped as iroh 1.1 writes them", "[identity][ticket]") {
    for (const std::string custom : {
             "022000",                    // id 0x20, nothing
             "0220020102",                // id 0x20, two bytes
             "02c58a950206010203040506",  // Bluetooth's id, six bytes
             "02cfa4d1020101"
             "02cfa4d102020102"  // two of them
         }) {
        CAPTURE(custom);
        const std::string count = custom.size() > 30 ? "03" : "02";
        CHECK(read(ticket_of("00" + id_hex + count + local_1024 + custom)) == local_addr());
    }
}

TEST_CASE("ticket: custom addresses are skipped as iroh 1.0 wrote them", "[identity][ticket]") {
    const std::string in_line = "0220"
                                "00"
                                "03010203"
                                + std::string(54, '0');
    const std::string on_heap = "0220"
                                "01"
                                "1f"
                                + std::string(62, 'a');
    const std::string head = "00" + id_hex;
    CHECK(read(ticket_of(head + "02" + local_1024 + in_line)) == local_addr());
    CHECK(read(ticket_of(head + "02" + local_1024 + on_heap)) == local_addr());
    CHECK(read(ticket_of(head + "03" + local_1024 + in_line + on_heap)) == local_addr());
}

TEST_CASE("ticket: in either form, a custom address may come before an IP address", "[identity]") {
    const std::string in_1_1 = "0220020102";
    const std::string in_1_0 = "0220"
                               "01"
                               "1f"
                               + std::string(62, 'a');
    for (const auto& custom : {in_1_1, in_1_0}) {
        CAPTURE(custom);
        CHECK(read(ticket_of("00" + id_hex + "02" + custom + local_1024)) == local_addr());
    }
}

TEST_CASE("ticket: what can be read in both forms is read as iroh 1.1 means it", "[identity]") {
    // 1.1: a custom address of one byte, then one of 36. 1.0: one of 31, then 127.0.0.1:1024.
    const std::string custom = "0220"
                               "011f"
                               "022024"
                               + std::string(56, '0');
    CHECK(read(ticket_of("00" + id_hex + "02" + custom + local_1024)).direct.empty());
}

TEST_CASE("ticket: a relay URL is normalised, and refused when it is none", "[identity]") {
    const auto with_relay = [](std::string_view url) {
        byte_buffer relay;
        wire::postcard_writer out(relay);
        out.varint(0);
        out.string(url);
        return ticket_of("00" + id_hex + "01" + to_hex(relay));
    };
    const endpoint_addr addr = read(with_relay("HTTPS://Relay.Example:443"));
    CHECK(addr.relays == std::vector<std::string>{"https://relay.example/"});
    CHECK(
        cause_of(with_relay("gopher://relay"))
        == "bad ticket: address 1 of 1: \"gopher://relay\" is no relay URL"
    );
    CHECK(
        cause_of(with_relay("https://r/" + std::string(600, 'x')))
        == "bad ticket: address 1 of 1: cut short or damaged at byte 37 of 647"
    );
}

TEST_CASE("ticket: every cut is noticed", "[identity][ticket]") {
    const std::string whole =
        "00" + id_hex + "03" + "0010687474703a2f2f646572702e6d652e2f" + local_1024 + "022003010203";
    REQUIRE(parse_ticket(ticket_of(whole)));
    for (std::size_t bytes = 0; bytes < whole.size() / 2; ++bytes) {
        CAPTURE(bytes);
        CHECK_FALSE(parse_ticket(ticket_of(whole.substr(0, bytes * 2))).has_value());
    }
    CHECK(cause_of("endpoint") == "bad ticket: cut short or damaged at byte 0 of 0");
    CHECK(
        cause_of(ticket_of(whole.substr(0, 60 * 2)))
        == "bad ticket: address 3 of 3: cut short or damaged at byte 60 of 60"
    );
}

TEST_CASE("ticket: what is unknown is named, with its place", "[identity][ticket]") {
    const std::string head = "00" + id_hex;
    CHECK(cause_of(ticket_of("01" + id_hex + "00")) == "bad ticket: unknown version 1");
    CHECK(
        cause_of(ticket_of(head + "02" + local_1024 + "07" + "00"))
        == "bad ticket: address 2 of 2: unknown kind 7"
    );
    CHECK(
        cause_of(ticket_of(head + "01" + "0102" + "7f0000018008"))
        == "bad ticket: address 1 of 1: unknown IP version 2"
    );
    CHECK(
        cause_of(ticket_of("0002" + std::string(62, '0') + "00"))
        == "bad ticket: \"02" + std::string(62, '0') + "\" is no endpoint id"
    );
}

TEST_CASE("ticket: text that is not base32 is refused, with the place", "[identity][ticket]") {
    std::string text = format_ticket(local_addr());
    text[20] = '1';
    CHECK(cause_of(text) == "bad ticket: character 21 is \"1\", which no ticket contains");
    text[20] = '\n';
    CHECK(cause_of(text) == "bad ticket: character 21 is \"\\x0a\", which no ticket contains");
    CHECK(cause_of("") == "bad ticket: \"\" does not begin with \"endpoint\"");
    CHECK(
        cause_of("nodeaamx62zd4fwikmwg")
        == "bad ticket: \"nodeaamx62zd...\" does not begin with \"endpoint\""
    );
    const std::string good = format_ticket(local_addr());
    const std::string wrong_tail = "bad ticket: cut short, or its last character is wrong";
    CHECK(cause_of(good.substr(0, good.size() - 1)) == wrong_tail);
    CHECK(cause_of(good.substr(0, good.size() - 1) + "b") == wrong_tail);
}

TEST_CASE("ticket: more addresses than the limit are refused on reading", "[identity][ticket]") {
    const auto with_count = [](const std::string& count, std::size_t present) {
        std::string hex = "00" + id_hex + count;
        for (std::size_t i = 0; i < present; ++i)
            hex += local_1024;
        return ticket_of(hex);
    };
    CHECK(read(with_count("20", 32)) == local_addr());
    CHECK(cause_of(with_count("21", 33)) == "bad ticket: 33 addresses; the most is 32");
    CHECK(
        cause_of(with_count("ffffffffffffffffff01", 1))
        == "bad ticket: 18446744073709551615 addresses; the most is 32"
    );
}

TEST_CASE("ticket: no more addresses than the limit are written, relays first", "[identity]") {
    endpoint_addr addr{.id = id_of(id_hex), .relays = {"https://a.example/"}, .direct = {}};
    for (std::uint16_t port = 1; port <= 40; ++port)
        addr.direct.push_back(ip_endpoint::loopback_v4(port));
    const endpoint_addr again = read(format_ticket(addr));
    CHECK(again.relays.size() == 1);
    REQUIRE(again.direct.size() == ticket_addresses_max - 1);
    CHECK(again.direct.back().port == 31);
}
