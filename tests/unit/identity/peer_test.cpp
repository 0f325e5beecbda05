// SPDX-License-Identifier: Apache-2.0
// parse_peer: what a person may write for a peer.
#include "identity/endpoint_addr.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::identity;

namespace {

const std::string id_hex = "197f6b23e16c8532c6abc838facd5ea789be0c76b2920334039bfa8b3d368d61";
const std::string id_base32 = "df7wwi7bnsctfrvlza4pvtk6u6e34ddwwkjagnadtp5iwpjwrvqq";

std::string cause_of(std::string_view text) {
    const auto addr = parse_peer(text);
    if (addr) return "no error";
    CHECK(addr.error().code == "E_BAD_PEER");
    CHECK(addr.error().exit == exit_code::invalid);
    CHECK_FALSE(addr.error().hint.empty());
    return addr.error().message;
}

}  // namespace

TEST_CASE("peer: a ticket is a peer", "[identity][peer]") {
    const auto addr =
        parse_peer("endpointaamx62zd4fwikmwgvpedr6wnl2tytpqmo2zjeazuaon7vcz5g2gwcaibab7qaaabqaea");
    REQUIRE(addr);
    CHECK(addr->id.to_hex() == id_hex);
    CHECK(addr->direct == std::vector{ip_endpoint::loopback_v4(1024)});
}

TEST_CASE("peer: an id with addresses is a peer", "[identity][peer]") {
    const auto one = parse_peer(id_hex + "@192.0.2.7:4433");
    REQUIRE(one);
    CHECK(one->id.to_hex() == id_hex);
    CHECK(one->relays.empty());
    CHECK(one->direct == std::vector{ip_endpoint::v4({192, 0, 2, 7}, 4433)});

    const auto two = parse_peer(id_base32 + "@[2001:db8::1]:1,192.0.2.7:4433,192.0.2.7:4433");
    REQUIRE(two);
    CHECK(two->id.to_hex() == id_hex);
    CHECK(
        two->direct
        == std::vector{
            ip_endpoint::v4({192, 0, 2, 7}, 4433),
            ip_endpoint::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 1),
        }
    );
}

TEST_CASE("peer: an id alone, and one with relays, are peers, too", "[identity][peer]") {
    const auto bare = parse_peer(id_hex);
    REQUIRE(bare);
    CHECK((bare->relays.empty() && bare->direct.empty()));
    const auto both =
        parse_peer(id_hex + "@https://Relay.example,192.0.2.7:1,http://10.0.0.1:3340");
    REQUIRE(both);
    CHECK(
        both->relays == std::vector<std::string>{"http://10.0.0.1:3340/", "https://relay.example/"}
    );
    CHECK(both->direct.size() == 1);
    CHECK(
        cause_of(id_hex + "@ftp://relay.example")
        == "bad peer: address 1, \"ftp://relay.example\", is not a relay's URL"
    );
}

TEST_CASE("peer: a broken ticket is answered as a ticket", "[identity][peer]") {
    const auto addr = parse_peer("endpointaamx62");
    REQUIRE_FALSE(addr);
    CHECK(addr.error().code == "E_BAD_TICKET");
}

TEST_CASE("peer: whatever else is refused, and what is wrong is named", "[identity][peer]") {
    CHECK(cause_of("") == "bad peer: \"\" is neither a ticket nor an id nor ID@ADDR");
    CHECK(
        cause_of("localhost:4433")
        == "bad peer: \"localhost:4433\" is neither a ticket nor an id nor ID@ADDR"
    );
    CHECK(
        cause_of("alice@192.0.2.7:1") == "bad peer: \"alice\", before the @, is not an endpoint id"
    );
    CHECK(cause_of(id_hex + "@") == "bad peer: address 1, \"\", is not IP:PORT");
    CHECK(cause_of(id_hex + "@192.0.2.7") == "bad peer: address 1, \"192.0.2.7\", is not IP:PORT");
    CHECK(
        cause_of(id_hex + "@192.0.2.7:1,relay.example:2")
        == "bad peer: address 2, \"relay.example:2\", is not IP:PORT"
    );
    CHECK(cause_of(id_hex + "@192.0.2.7:1,") == "bad peer: address 2, \"\", is not IP:PORT");
}

TEST_CASE("peer: an address that nobody can have is refused", "[identity][peer]") {
    for (const std::string address :
         {"192.0.2.7:0", "0.0.0.0:4433", "[::]:4433", "224.0.0.1:4433", "[ff02::1]:4433"}) {
        CHECK(
            cause_of(id_hex + "@" + address)
            == "bad peer: address 1, \"" + address + "\", cannot be dialled"
        );
    }
}

TEST_CASE("peer: more addresses than a ticket may carry are refused", "[identity][peer]") {
    std::string text = id_hex + "@127.0.0.1:1";
    for (int port = 2; port <= 32; ++port)
        text += ",127.0.0.1:" + std::to_string(port);
    CHECK(parse_peer(text).has_value());
    CHECK(cause_of(text + ",127.0.0.1:33") == "bad peer: more than 32 addresses");
}
