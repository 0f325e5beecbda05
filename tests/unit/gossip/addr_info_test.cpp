// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/addr_info.hpp"
#include "gossip/proto/address_spread.hpp"
#include "gossip_samples.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::gossip::proto;
using test::sample_data;

namespace {

const std::string relay = "https://use1-1.relay.n0.iroh.link./";

}  // namespace

TEST_CASE("gossip: addresses are written as iroh-gossip 0.35 was seen to", "[gossip][addr]") {
    std::array<std::uint8_t, 16> loopback{};
    loopback.back() = 1;
    const addr_info info{
        relay,
        {ip_endpoint::v6(loopback, 41002), ip_endpoint::v4({127, 0, 0, 1}, 41001)}};
    const byte_buffer data = encode_addr_info(info, 256);
    CHECK(data.size() == 0x42);
    CHECK(
        to_hex(data)
        == "0123" + to_hex(as_bytes(relay)) + "02" + "007f000001a9c002"
               + "0100000000000000000000000000000001aac002"
    );
    const auto read = decode_addr_info(data);
    REQUIRE(read);
    CHECK(read->relay == relay);
    REQUIRE(read->direct.size() == 2);
    CHECK(read->direct.front() == ip_endpoint::v4({127, 0, 0, 1}, 41001));
}

TEST_CASE("gossip: no addresses are two bytes, or none", "[gossip][addr]") {
    CHECK(to_hex(encode_addr_info({}, 256)) == "0000");
    CHECK(decode_addr_info({}) == addr_info{});
    CHECK(decode_addr_info(encode_addr_info({}, 256)) == addr_info{});
}

TEST_CASE("gossip: addresses beyond the size are left out", "[gossip][addr]") {
    addr_info info{relay, {}};
    for (std::uint8_t i = 0; i < 60; ++i)
        info.direct.push_back(ip_endpoint::v6({0x20, 1, i}, 4433));
    const byte_buffer data = encode_addr_info(info, 256);
    CHECK(data.size() <= 256);
    const auto read = decode_addr_info(data);
    REQUIRE(read);
    CHECK(read->relay == relay);
    CHECK(read->direct.size() == 11);
}

TEST_CASE("gossip: what is no address record reads as none", "[gossip][addr]") {
    for (const char* hex : {"02", "01", "0105", "000102", "0001007f000001", "00ff"}) {
        INFO(hex);
        CHECK_FALSE(decode_addr_info(from_hex(hex).value()));
    }
    const auto no_url = decode_addr_info(from_hex("0103616263"
                                                  "00")
                                             .value());
    REQUIRE(no_url);
    CHECK(no_url->relay.empty());
}

TEST_CASE("gossip: a network is the /16 of a public address", "[gossip][addr]") {
    const auto here = prefix_of(sample_data({198, 51, 100, 1}));
    CHECK(here != 0);
    CHECK(prefix_of(sample_data({198, 51, 7, 7})) == here);
    CHECK(prefix_of(sample_data({198, 52, 100, 1})) != here);
    for (const auto& address :
         {std::array<std::uint8_t, 4>{10, 1, 2, 3},
          {127, 0, 0, 1},
          {172, 16, 0, 1},
          {192, 168, 1, 1},
          {100, 64, 0, 1},
          {169, 254, 0, 1}})
        CHECK(prefix_of(sample_data(address)) == 0);
    CHECK(prefix_of({}) == 0);
}
