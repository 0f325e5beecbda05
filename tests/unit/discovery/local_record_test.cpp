// SPDX-License-Identifier: Apache-2.0
#include "discovery/proto/local_record.hpp"
#include "identity/secret_key.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::discovery::proto;
using identity::endpoint_addr;

namespace {

endpoint_addr somebody() {
    endpoint_addr made;
    made.id = identity::secret_key::generate().id();
    made.direct = {
        ip_endpoint::v4({192, 168, 1, 7}, 4433),
        *ip_endpoint::parse("[2001:db8::7]:4433"),
        ip_endpoint::v4({192, 168, 1, 7}, 5000)};
    made.relays = {"https://relay.example./"};
    put_in_order(made);
    return made;
}

std::vector<endpoint_addr> read(bytes_view message, bool is_own = false) {
    auto heard = read_local_message(message, is_own);
    if (!heard) return {};
    CHECK(heard->kind == local_kind::response);
    return heard->endpoints;
}

}  // namespace

TEST_CASE("local records: a query is the bytes of iroh's", "[discovery]") {
    const std::string expected =
        "000000000001000000000000075f69726f687631045f756470056c6f63616c00000c0001";
    CHECK(to_hex(encode_local_query()) == expected);
    const auto heard = read_local_message(encode_local_query(), false);
    REQUIRE(heard.has_value());
    CHECK(heard->kind == local_kind::query);
}

TEST_CASE("local records: what an endpoint says of itself is read", "[discovery]") {
    const endpoint_addr self = somebody();
    const auto said = encode_local_response(self);
    REQUIRE(said.has_value());
    CHECK(read(*said) == std::vector{self});
}

TEST_CASE("local records: who cannot be dialled says nothing", "[discovery]") {
    endpoint_addr self = somebody();
    self.direct = {
        ip_endpoint::any_v4(4433),
        ip_endpoint::v4({224, 0, 0, 251}, 5353),
        *ip_endpoint::parse("[fe80::1]:4433"),
        ip_endpoint::v4({192, 168, 1, 7}, 0)};
    CHECK_FALSE(encode_local_response(self).has_value());
    self.direct.clear();
    CHECK_FALSE(encode_local_response(self).has_value());
}

TEST_CASE("local records: loopback counts on one machine only", "[discovery]") {
    endpoint_addr self = somebody();
    self.direct = {ip_endpoint::loopback_v4(4433)};
    const auto said = encode_local_response(self);
    REQUIRE(said.has_value());
    CHECK(read(*said, true) == std::vector{self});
    CHECK(read(*said, false).empty());
}

TEST_CASE("local records: the most that can be said fits one packet", "[discovery]") {
    endpoint_addr self = somebody();
    self.direct.clear();
    for (std::uint8_t i = 0; i < 40; ++i) {
        const auto port = static_cast<std::uint16_t>(60'000 + i % local_ports_max);
        std::array<std::uint8_t, 16> address{0x20, 0x01, 0x0d, 0xb8};
        address[15] = i;
        self.direct.push_back(ip_endpoint::v6(address, port));
    }
    self.relays = {"https://" + std::string(230, 'r') + "/"};
    const auto said = encode_local_response(self);
    REQUIRE(said.has_value());
    CHECK(said->size() <= local_message_max);
    const auto heard = read(*said);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].direct.size() == local_addresses_max);
    CHECK(heard[0].relays == self.relays);
}

TEST_CASE(
    "local records: labels that are no key, and other services, are passed over",
    "[discovery]"
) {
    const auto service = *dns_name::parse("_irohv1._udp.local");
    const auto target = *dns_name::parse("x-1.local");
    const std::array<std::uint8_t, 4> address{10, 0, 0, 1};
    const auto owner = GENERATE_COPY(
        *dns_name::prepend("nobody", service),
        *dns_name::prepend(std::string(52, 'a'), *dns_name::parse("_other._udp.local")),
        service
    );
    dns_writer out(0, dns_flag_response);
    out.srv_answer(owner, 120, 4433, target);
    out.additional(target, dns_type::a, 120, address);
    CHECK(read(std::move(out).take()).empty());
}

TEST_CASE("local records: an address without its service record is nobody's", "[discovery]") {
    const endpoint_addr self = somebody();
    const auto service = *dns_name::parse("_irohv1._udp.local");
    const auto owner = *dns_name::prepend(self.id.to_base32(), service);
    dns_writer out(0, dns_flag_response);
    out.srv_answer(owner, 0, 4433, *dns_name::parse("one.local"));
    out.additional(
        *dns_name::parse("other.local"),
        dns_type::a,
        0,
        std::array<std::uint8_t, 4>{10, 0, 0, 1}
    );
    CHECK(read(std::move(out).take()).empty());
}

TEST_CASE(
    "local records: records of no time to live count, as old iroh writes them",
    "[discovery]"
) {
    const endpoint_addr self = somebody();
    const auto owner =
        *dns_name::prepend(self.id.to_base32(), *dns_name::parse("_irohv1._udp.local"));
    const auto target = *dns_name::parse("one.local");
    dns_writer out(0, dns_flag_response);
    out.srv_answer(owner, 0, 4433, target);
    out.additional(target, dns_type::a, 0, std::array<std::uint8_t, 4>{10, 0, 0, 1});
    const auto heard = read(std::move(out).take());
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].id == self.id);
    CHECK(heard[0].direct == std::vector{ip_endpoint::v4({10, 0, 0, 1}, 4433)});
}

TEST_CASE("local records: few keys of one message are checked", "[discovery]") {
    const auto service = *dns_name::parse("_irohv1._udp.local");
    const auto target = *dns_name::parse("one.local");
    dns_writer out(0, dns_flag_response);
    for (int i = 0; i < 12; ++i) {
        const auto id = identity::secret_key::generate().id();
        out.srv_answer(*dns_name::prepend(id.to_base32(), service), 0, 4433, target);
    }
    out.additional(target, dns_type::a, 0, std::array<std::uint8_t, 4>{10, 0, 0, 1});
    CHECK(read(std::move(out).take()).size() == local_endpoints_max);
}
