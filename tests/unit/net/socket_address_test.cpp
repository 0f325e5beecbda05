// SPDX-License-Identifier: Apache-2.0
#include "net/socket_address.hpp"
#include "support/catch.hpp"

#include <sys/un.h>

using meshhost::ip_endpoint;
using meshhost::net::socket_address;
using meshhost::net::to_endpoint;

TEST_CASE("net: an endpoint survives the kernel's form", "[net]") {
    for (const char* text : {"192.0.2.7:4433", "0.0.0.0:0", "[2001:db8::1]:65535", "[::]:1"}) {
        const auto endpoint = ip_endpoint::parse(text);
        REQUIRE(endpoint);
        CHECK(socket_address(*endpoint).endpoint() == endpoint);
    }
}

TEST_CASE("net: the kernel's form is as long as its family", "[net]") {
    CHECK(socket_address(ip_endpoint::any_v4(1)).size() == sizeof(sockaddr_in));
    CHECK(socket_address(ip_endpoint::any_v6(1)).size() == sizeof(sockaddr_in6));
}

TEST_CASE("net: another family is no endpoint", "[net]") {
    sockaddr_un unix_address{};
    unix_address.sun_family = AF_UNIX;
    CHECK_FALSE(to_endpoint(reinterpret_cast<const sockaddr*>(&unix_address)));
    CHECK_FALSE(to_endpoint(nullptr));
}
