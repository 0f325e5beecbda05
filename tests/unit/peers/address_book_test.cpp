// SPDX-License-Identifier: Apache-2.0
#include "digest_samples.hpp"
#include "peers/proto/address_book.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

const auto configured = ip_endpoint::v4({192, 0, 2, 1}, 1);
const auto said = ip_endpoint::v4({192, 0, 2, 2}, 2);
const auto seen = ip_endpoint::v4({192, 0, 2, 3}, 3);

}  // namespace

TEST_CASE("addresses: named, seen and said ones are tried, each once", "[peers][addresses]") {
    address_book book;
    const auto id = test::sample_key(1).id();
    book.name({id, {"https://relay.example./"}, {configured}});
    book.learn(id, {said, configured}, "", seen);
    const auto found = book.find(id);
    CHECK(found.id == id);
    CHECK(found.relays.size() == 1);
    CHECK(found.direct == std::vector<ip_endpoint>{configured, seen, said});
}

TEST_CASE("addresses: what a peer says replaces what it said", "[peers][addresses]") {
    address_book book;
    const auto id = test::sample_key(1).id();
    book.name({id, {}, {configured}});
    book.learn(id, {said}, "", seen);
    book.learn(id, {}, "", std::nullopt);
    CHECK(book.find(id).direct == std::vector<ip_endpoint>{configured});
    book.forget(id);
    CHECK(book.find(id).direct.empty());
    CHECK(book.size() == 0);
}

TEST_CASE("addresses: what is not named any more is not tried", "[peers][addresses]") {
    address_book book;
    const auto id = test::sample_key(1).id();
    book.name({id, {"https://relay.example./"}, {configured}});
    book.learn(id, {said}, "", seen);
    book.unname(id);
    CHECK(book.find(id).direct == std::vector<ip_endpoint>{seen, said});
    CHECK(book.find(id).relays.empty());
    book.unname(test::sample_key(2).id());
    CHECK(book.size() == 1);
}

TEST_CASE("addresses: only a peer on this machine sends us to loopback", "[peers][addresses]") {
    address_book book;
    const auto id = test::sample_key(1).id();
    const auto here = ip_endpoint::loopback_v4(9);
    book.learn(id, {here, said}, "", seen);
    CHECK(book.find(id).direct == std::vector<ip_endpoint>{seen, said});
    book.learn(id, {here, said}, "", std::nullopt);
    CHECK(book.find(id).direct == std::vector<ip_endpoint>{said});
    book.learn(id, {here}, "", ip_endpoint::loopback_v4(8));
    CHECK(book.find(id).direct == std::vector<ip_endpoint>{ip_endpoint::loopback_v4(8), here});
}

TEST_CASE("addresses: a peer has a limit of them", "[peers][addresses]") {
    address_book book;
    const auto id = test::sample_key(1).id();
    for (std::uint16_t port = 1; port < 200; ++port)
        book.name({id, {}, {ip_endpoint::v4({10, 0, 0, 1}, port)}});
    book.learn(id, {said}, "", seen);
    CHECK(book.find(id).direct.size() == known_addresses_max);
}
