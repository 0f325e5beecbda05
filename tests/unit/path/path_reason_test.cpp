// SPDX-License-Identifier: Apache-2.0
#include "path/path_reason.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using path::path_reason;

TEST_CASE("path: why a direct path is direct follows from the address", "[path]") {
    const std::vector<ip_endpoint> own{*ip_endpoint::parse("192.168.1.5:0")};
    const auto why = [&](std::string_view text) {
        return path::classify(ip_endpoint::parse(text).value(), own);
    };
    REQUIRE(why("127.0.0.1:4433") == path_reason::same_host);
    REQUIRE(why("192.168.1.5:4433") == path_reason::same_host);
    REQUIRE(why("192.168.1.6:4433") == path_reason::lan);
    REQUIRE(why("10.1.2.3:1") == path_reason::lan);
    REQUIRE(why("172.31.0.1:1") == path_reason::lan);
    REQUIRE(why("172.32.0.1:1") == path_reason::public_address);
    REQUIRE(why("100.64.0.1:1") == path_reason::lan);
    REQUIRE(why("169.254.7.7:1") == path_reason::lan);
    REQUIRE(why("[fe80::1]:1") == path_reason::lan);
    REQUIRE(why("[fd00::1]:1") == path_reason::lan);
    REQUIRE(why("[::1]:1") == path_reason::same_host);
    REQUIRE(why("[2001:db8::1]:1") == path_reason::public_address);
    REQUIRE(why("198.51.100.7:1") == path_reason::public_address);
}

TEST_CASE("path: the words for the reasons are settled", "[path]") {
    REQUIRE(std::string(path::to_string(path_reason::not_tried)) == "not_tried");
    REQUIRE(std::string(path::to_string(path_reason::same_host)) == "same_host");
    REQUIRE(std::string(path::to_string(path_reason::lan)) == "lan");
    REQUIRE(std::string(path::to_string(path_reason::public_address)) == "public");
}
