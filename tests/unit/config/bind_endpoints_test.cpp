// SPDX-License-Identifier: Apache-2.0
#include "config/bind_endpoints.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::config;

namespace {

std::vector<std::string> endpoints(std::uint16_t port, std::vector<std::string> bind) {
    std::vector<std::string> texts;
    for (const ip_endpoint& endpoint : bind_endpoints({.port = port, .bind = std::move(bind)}))
        texts.push_back(endpoint.to_string());
    return texts;
}

}  // namespace

TEST_CASE("config: addresses and the port make endpoints", "[config]") {
    using texts = std::vector<std::string>;
    CHECK(endpoints(0, {}).empty());
    CHECK(endpoints(4433, {}) == texts{"0.0.0.0:4433", "[::]:4433"});
    CHECK(endpoints(0, {"::1"}) == texts{"[::1]:0"});
    CHECK(endpoints(7, {"2001:db8::7", "192.0.2.7"}) == texts{"[2001:db8::7]:7", "192.0.2.7:7"});
}

TEST_CASE("config: an address has neither port nor brackets nor a name", "[config]") {
    CHECK(parse_address("192.0.2.7", 7) == ip_endpoint::v4({192, 0, 2, 7}, 7));
    for (const char* text :
         {"", "192.0.2.7:7", "[::1]", "::1]:7", "localhost", "192.0.2", " ::1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_address(text, 0).has_value());
    }
}
