// SPDX-License-Identifier: Apache-2.0
#include "base/ip_endpoint.hpp"
#include "support/catch.hpp"

#include <unordered_set>

using meshhost::ip_endpoint;

namespace {

ip_endpoint of(std::string_view text) {
    const auto endpoint = ip_endpoint::parse(text);
    INFO(text);
    REQUIRE(endpoint);
    return *endpoint;
}

}  // namespace

TEST_CASE("ip_endpoint: text is read and written alike", "[base]") {
    for (const std::string_view text : {
             "192.0.2.7:4433",
             "0.0.0.0:0",
             "255.255.255.255:65535",
             "[::]:0",
             "[::1]:1",
             "[2001:db8::1]:4433",
             "[fe80::aa:bb]:9",
             "[2001:db8:1:2:3:4:5:6]:65535",
         }) {
        CHECK(of(text).to_string() == text);
    }
}

TEST_CASE("ip_endpoint: an IPv6 address is written in its shortest form", "[base]") {
    CHECK(of("[2001:0DB8:0:0:0:0:0:1]:1").to_string() == "[2001:db8::1]:1");
}

TEST_CASE("ip_endpoint: text and bytes agree", "[base]") {
    CHECK(of("192.0.2.7:4433") == ip_endpoint::v4({192, 0, 2, 7}, 4433));
    CHECK(of("127.0.0.1:9") == ip_endpoint::loopback_v4(9));
    CHECK(of("[2001:db8::]:1") == ip_endpoint::v6({0x20, 0x01, 0x0d, 0xb8}, 1));
    CHECK(of("0.0.0.0:7") == ip_endpoint::any_v4(7));
    CHECK(of("[::]:7") == ip_endpoint::any_v6(7));
}

TEST_CASE("ip_endpoint: anything else is refused", "[base]") {
    for (const std::string_view text : {
             "",
             ":",
             "192.0.2.7",
             "192.0.2.7:",
             ":4433",
             "192.0.2.7:65536",
             "192.0.2.7:-1",
             "192.0.2.7:+1",
             "192.0.2.7: 1",
             "192.0.2.7:1 ",
             "192.0.2.7:1x",
             "192.0.2:1",
             "192.0.2.256:1",
             "[192.0.2.7]:1",
             "2001:db8::1",
             "2001:db8::1:4433",
             "[]:1",
             "[2001:db8::1]",
             "[2001:db8::1:4433",
             "[2001:db8::g]:1",
             "[fe80::1%eth0]:1",
             "localhost:1",
         }) {
        CAPTURE(text);
        CHECK_FALSE(ip_endpoint::parse(text).has_value());
    }
}

TEST_CASE("ip_endpoint: IPv4 comes before IPv6, then the address counts, then the port", "[base]") {
    CHECK(of("255.255.255.255:9") < of("[::]:0"));
    CHECK(of("192.0.2.7:9") < of("192.0.2.8:1"));
    CHECK(of("192.0.2.7:1") < of("192.0.2.7:2"));
    CHECK(of("[::1]:2") < of("[::2]:1"));
}

TEST_CASE("ip_endpoint: special addresses are told apart", "[base]") {
    CHECK(of("0.0.0.0:1").is_unspecified());
    CHECK(of("[::]:1").is_unspecified());
    CHECK_FALSE(of("[::1]:1").is_unspecified());

    CHECK(of("127.255.0.1:1").is_loopback());
    CHECK(of("[::1]:1").is_loopback());
    CHECK_FALSE(of("128.0.0.1:1").is_loopback());
    CHECK_FALSE(of("[::2]:1").is_loopback());
    CHECK_FALSE(of("[1::1]:1").is_loopback());

    CHECK(of("224.0.0.251:1").is_multicast());
    CHECK(of("239.255.255.255:1").is_multicast());
    CHECK(of("255.255.255.255:1").is_multicast());
    CHECK(of("[ff02::1]:1").is_multicast());
    CHECK_FALSE(of("223.255.255.255:1").is_multicast());
    CHECK_FALSE(of("240.0.0.1:1").is_multicast());
    CHECK_FALSE(of("[fe80::1]:1").is_multicast());

    CHECK(of("169.254.1.1:1").is_link_local());
    CHECK(of("[fe80::1]:1").is_link_local());
    CHECK(of("[febf::1]:1").is_link_local());
    CHECK_FALSE(of("169.253.1.1:1").is_link_local());
    CHECK_FALSE(of("[fec0::1]:1").is_link_local());
}

TEST_CASE("ip_endpoint: addresses can be hashed, ports count", "[base]") {
    const std::unordered_set<ip_endpoint> set{
        of("192.0.2.7:1"),
        of("192.0.2.7:2"),
        of("192.0.2.7:1"),
    };
    CHECK(set.size() == 2);
}
