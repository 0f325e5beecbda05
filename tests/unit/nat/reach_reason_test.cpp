// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/reach_reason.hpp"
#include "support/catch.hpp"

#include <map>

using namespace meshhost::nat::proto;

TEST_CASE("reach_reason: words and numbers are settled", "[nat]") {
    const std::map<std::string, int> settled{
        {"not_tried", 0},
        {"same_host", 1},
        {"lan", 2},
        {"public", 3},
        {"punched", 4},
        {"port_mapped", 5},
        {"punching", 16},
        {"nat_symmetric_both", 17},
        {"nat_symmetric_hard", 18},
        {"udp_blocked", 19},
        {"no_candidates", 20},
        {"peer_does_not_punch", 21},
        {"relay_only_by_config", 22},
        {"no_answer", 23},
        {"migration_failed", 24},
        {"direct_lost", 25},
    };
    std::size_t words = 0;
    for (int number = 0; number < 64; ++number) {
        const auto reason = static_cast<reach_reason>(number);
        const auto named = reach_reason_of(to_string(reason));
        REQUIRE(named);
        if (*named != reason) continue;  // no such reason: it has the first one's word
        ++words;
        REQUIRE(settled.at(to_string(reason)) == number);
        CHECK(std::string(describe(reason)).size() > 10);
        CHECK(is_direct(reason) == (number > 0 && number < 16));
        CHECK(is_relayed(reason) == (number >= 16));
    }
    CHECK(words == settled.size());
    CHECK_FALSE(reach_reason_of("Punched"));
    CHECK_FALSE(reach_reason_of(""));
}

TEST_CASE("reach_reason: what goes on says how far it is", "[nat]") {
    CHECK(to_string(reach{reach_reason::punching, 2, 3}) == "punching (2 of 3)");
    CHECK(to_string(reach{reach_reason::punching}) == "punching");
    CHECK(to_string(reach{reach_reason::punched, 2, 3}) == "punched");
}
