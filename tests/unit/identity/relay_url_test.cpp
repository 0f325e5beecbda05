// SPDX-License-Identifier: Apache-2.0
// relay_url: the one form of a relay's URL, and what is no such URL.
#include "identity/relay_url.hpp"
#include "support/catch.hpp"

using meshhost::identity::normalise_relay_url;

TEST_CASE("relay_url: a URL is brought into the form in which iroh writes it", "[identity]") {
    struct {
        std::string_view given;
        std::string_view normal;
    } const samples[] = {
        {"https://use1-1.relay.n0.iroh.link./", "https://use1-1.relay.n0.iroh.link./"},
        {"https://relay.example", "https://relay.example/"},
        {"HTTPS://Relay.EXAMPLE/", "https://relay.example/"},
        {"https://relay.example:443", "https://relay.example/"},
        {"https://relay.example:/", "https://relay.example/"},
        {"http://relay.example:80/", "http://relay.example/"},
        {"https://relay.example:80/", "https://relay.example:80/"},
        {"http://127.0.0.1:3340", "http://127.0.0.1:3340/"},
        {"https://[2001:db8::1]:7842/", "https://[2001:db8::1]:7842/"},
        {"wss://relay.example/sub/", "wss://relay.example/sub/"},
        {"https://relay.example/Path?Key=Value", "https://relay.example/Path?Key=Value"},
    };
    for (const auto& sample : samples) {
        CAPTURE(sample.given);
        CHECK(normalise_relay_url(sample.given) == std::string(sample.normal));
        CHECK(normalise_relay_url(sample.normal) == std::string(sample.normal));
    }
}

TEST_CASE("relay_url: what a relay cannot be reached at is refused", "[identity]") {
    for (const std::string_view text : {
             "",
             "relay.example",
             "//relay.example/",
             "https:",
             "https:?",
             "https://",
             "https://relay.example:x",
             "https:/relay.example/",
             "https:///path",
             "https://:443/",
             "ftp://relay.example/",
             "mailto:relay@example",
             "https://relay.example:0/",
             "https://relay.example:65536/",
             "https://relay.example:99999999999/",
             "https://relay.example:443other.example/",
             "https://relay example/",
             "https://relay.example/\n",
             "https://r\xc3\xa4lay.example/",
             "https://relay.example/%zz",
         }) {
        CAPTURE(text);
        CHECK_FALSE(normalise_relay_url(text).has_value());
    }
}

TEST_CASE("relay_url: an overlong URL is refused", "[identity]") {
    const std::string root = "https://relay.example/";
    const std::size_t room = meshhost::identity::relay_url_length_max - root.size();
    CHECK(normalise_relay_url(root + std::string(room, 'a')).has_value());
    CHECK_FALSE(normalise_relay_url(root + std::string(room + 1, 'a')).has_value());
}
