// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/session_table.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using observe::proto::session_table;

namespace {

const time_point start{100s};

}  // namespace

TEST_CASE("observe: a token opens one session, once", "[observe]") {
    session_table table;
    table.add_token("token", start);
    CHECK_FALSE(table.redeem("tokem", "s0", start));
    CHECK_FALSE(table.redeem("", "s0", start));
    CHECK(table.redeem("token", "s1", start));
    CHECK_FALSE(table.redeem("token", "s2", start));
    CHECK(table.is_session("s1", start));
    CHECK_FALSE(table.is_session("s2", start));
    CHECK_FALSE(table.is_session("", start));
}

TEST_CASE("observe: tokens and sessions end", "[observe]") {
    session_table table;
    table.add_token("token", start);
    CHECK_FALSE(table.redeem("token", "s", start + session_table::token_life));
    table.add_token("other", start);
    CHECK(table.redeem("other", "s", start));
    CHECK(table.is_session("s", start + session_table::session_life - 1ns));
    CHECK_FALSE(table.is_session("s", start + session_table::session_life));
}

TEST_CASE("observe: of too many, the oldest give way", "[observe]") {
    session_table table;
    for (std::size_t i = 0; i < 3 * session_table::sessions_max; ++i) {
        table.add_token("t" + std::to_string(i), start);
        REQUIRE(table.redeem("t" + std::to_string(i), "s" + std::to_string(i), start));
    }
    CHECK(table.sessions() == session_table::sessions_max);
    CHECK_FALSE(table.is_session("s0", start));
    for (std::size_t i = 0; i < 2 * session_table::tokens_max; ++i)
        table.add_token("u" + std::to_string(i), start);
    CHECK(table.tokens() == session_table::tokens_max);
}

TEST_CASE("observe: the operator's token is good until there is another", "[observe]") {
    session_table table;
    table.set_standing_token("standing");
    CHECK(table.redeem("standing", "s1", start));
    CHECK(table.redeem("standing", "s2", start + session_table::token_life));
    CHECK_FALSE(table.redeem("standinh", "s3", start));
    CHECK_FALSE(table.redeem("", "s3", start));
    table.set_standing_token("standing");
    CHECK(table.is_session("s1", start));
    table.set_standing_token("another");
    CHECK_FALSE(table.is_session("s1", start));
    CHECK_FALSE(table.redeem("standing", "s3", start));
    table.set_standing_token("");
    CHECK_FALSE(table.redeem("", "s3", start));
}
