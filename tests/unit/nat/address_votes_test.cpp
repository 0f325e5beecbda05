// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/address_votes.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

const time_point start{1'000s};

ip_endpoint at(const char* text) {
    const auto parsed = ip_endpoint::parse(text);
    REQUIRE(parsed.has_value());
    return *parsed;
}

voter stun(const char* where) {
    return {voter_kind::stun, at(where)};
}

voter peer(const char* where) {
    return {voter_kind::peer, at(where)};
}

const ip_endpoint mine = ip_endpoint::v4({203, 0, 113, 7}, 4'000);
const ip_endpoint also = ip_endpoint::v4({203, 0, 113, 7}, 4'001);

}  // namespace

TEST_CASE("votes: one server is believed for want of better, two agree", "[nat]") {
    address_votes votes;
    CHECK(votes.addresses(ip_family::v4, start).empty());
    REQUIRE(votes.note(stun("198.51.100.1:3478"), mine, start));
    auto told = votes.addresses(ip_family::v4, start);
    REQUIRE(told.size() == 1);
    CHECK(told[0].address == mine);
    CHECK_FALSE(told[0].is_agreed);
    REQUIRE(votes.note({voter_kind::relay, at("198.51.100.2:7842")}, mine, start));
    told = votes.addresses(ip_family::v4, start);
    CHECK(told.at(0).is_agreed);
    CHECK(told.at(0).votes == 2);
    CHECK(votes.addresses(ip_family::v6, start).empty());
}

TEST_CASE("votes: one peer alone is not believed, however many ports it has", "[nat]") {
    address_votes votes;
    REQUIRE(votes.note(peer("192.0.2.1:1"), mine, start));
    REQUIRE(votes.note(peer("192.0.2.1:2"), mine, start));
    CHECK(votes.addresses(ip_family::v4, start).empty());
    REQUIRE(votes.note(peer("192.0.2.2:1"), mine, start));
    CHECK(votes.addresses(ip_family::v4, start).at(0).votes == 2);

    address_votes six;
    const ip_endpoint seen = at("[2001:db8:1::7]:4000");
    REQUIRE(six.note(peer("[2001:db8:2::1]:1"), seen, start));
    REQUIRE(six.note(peer("[2001:db8:2::2]:1"), seen, start));
    CHECK(six.addresses(ip_family::v6, start).empty());
    REQUIRE(six.note(peer("[2001:db8:2:1::1]:1"), seen, start));
    CHECK(six.addresses(ip_family::v6, start).size() == 1);
}

TEST_CASE("votes: a voter has one vote, and it ages", "[nat]") {
    address_votes votes;
    const voter one = stun("198.51.100.1:3478");
    REQUIRE(votes.note(one, mine, start));
    REQUIRE(votes.note(one, also, start + 1s));
    CHECK(votes.voters() == 1);
    CHECK(votes.addresses(ip_family::v4, start + 1s).at(0).address == also);
    CHECK(votes.addresses(ip_family::v4, start + 10min).size() == 1);
    CHECK(votes.addresses(ip_family::v4, start + 10min + 1s).empty());
    votes.clear();
    CHECK(votes.voters() == 0);
}

TEST_CASE("votes: whether a NAT has a port for each destination", "[nat]") {
    address_votes votes;
    CHECK(votes.spread(ip_family::v4, start) == mapping_spread::unknown);
    REQUIRE(votes.note(stun("198.51.100.1:3478"), mine, start));
    REQUIRE(votes.note(stun("198.51.100.1:3479"), also, start));
    CHECK(votes.spread(ip_family::v4, start) == mapping_spread::unknown);
    REQUIRE(votes.note(peer("192.0.2.1:1"), also, start));  // peers are not asked
    CHECK(votes.spread(ip_family::v4, start) == mapping_spread::unknown);
    REQUIRE(votes.note(stun("198.51.100.2:3478"), also, start));
    CHECK(votes.spread(ip_family::v4, start) == mapping_spread::varies);

    address_votes others;
    REQUIRE(others.note(stun("198.51.100.1:3478"), mine, start));
    REQUIRE(others.note(stun("198.51.100.2:3478"), mine, start + 1s));
    CHECK(others.spread(ip_family::v4, start + 1s) == mapping_spread::same);
    // A mapping that moved is no mapping that varies: what was said long before is of the old one.
    REQUIRE(others.note(stun("198.51.100.1:3478"), also, start + 2min));
    CHECK(others.spread(ip_family::v4, start + 2min) == mapping_spread::unknown);
    const auto told = others.addresses(ip_family::v4, start + 2min);
    REQUIRE(told.size() == 2);
    CHECK(told[0].address == also);
}

TEST_CASE("votes: what nobody can know is not taken", "[nat]") {
    address_votes votes;
    const voter one = stun("198.51.100.1:3478");
    CHECK_FALSE(votes.note(one, at("127.0.0.1:9"), start));
    CHECK_FALSE(votes.note(one, at("0.0.0.0:9"), start));
    CHECK_FALSE(votes.note(one, at("224.0.0.1:9"), start));
    CHECK_FALSE(votes.note(one, at("169.254.1.1:9"), start));
    CHECK_FALSE(votes.note(one, at("203.0.113.7:0"), start));
    CHECK_FALSE(votes.note(one, at("[2001:db8::1]:9"), start));
    CHECK(votes.note(stun("127.0.0.1:3478"), at("127.0.0.1:9"), start));
    votes.check_invariants();
}

TEST_CASE("votes: full, the longest silent peer goes, and no server for a peer", "[nat]") {
    address_votes votes;
    const std::size_t most = vote_config{}.voters_max;
    REQUIRE(votes.note(stun("198.51.100.1:3478"), mine, start));
    for (std::uint16_t i = 1; i <= 100; ++i) {
        const voter one{voter_kind::peer, ip_endpoint::v4({10, 0, 0, 1}, i)};
        REQUIRE(votes.note(one, also, start + i * 1s));
        votes.check_invariants();
    }
    CHECK(votes.voters() == most);
    CHECK(votes.addresses(ip_family::v4, start + 100s).at(0).address == mine);
    for (std::uint16_t i = 1; i <= most; ++i)
        REQUIRE(
            votes.note({voter_kind::relay, ip_endpoint::v4({10, 0, 0, 2}, i)}, also, start + 200s)
        );
    CHECK(votes.voters() == most);
    CHECK_FALSE(votes.note(peer("192.0.2.2:1"), mine, start + 201s));
}
