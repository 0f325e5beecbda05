// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/token_table.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using observe::proto::token_table;

namespace {

const time_point start{100s};

}  // namespace

TEST_CASE("observe: a token is good once", "[observe]") {
    token_table table;
    table.add("token", start);
    CHECK_FALSE(table.redeem("tokem", start));
    CHECK_FALSE(table.redeem("", start));
    CHECK(table.redeem("token", start));
    CHECK_FALSE(table.redeem("token", start));
}

TEST_CASE("observe: tokens end", "[observe]") {
    token_table table;
    table.add("token", start);
    CHECK_FALSE(table.redeem("token", start + token_table::token_life));
    table.add("other", start);
    CHECK(table.redeem("other", start + token_table::token_life - 1ns));
}

TEST_CASE("observe: of too many tokens, the oldest give way", "[observe]") {
    token_table table;
    for (std::size_t i = 0; i < 2 * token_table::tokens_max; ++i)
        table.add("t" + std::to_string(i), start);
    CHECK(table.size() == token_table::tokens_max);
    CHECK_FALSE(table.redeem("t" + std::to_string(token_table::tokens_max - 1), start));
    CHECK(table.redeem("t" + std::to_string(token_table::tokens_max), start));
}

TEST_CASE("observe: the operator's token is good until there is another", "[observe]") {
    token_table table;
    table.set_standing("standing");
    CHECK(table.redeem("standing", start));
    CHECK(table.redeem("standing", start + token_table::token_life));
    CHECK_FALSE(table.redeem("standinh", start));
    CHECK_FALSE(table.redeem("", start));
    table.set_standing("another");
    CHECK_FALSE(table.redeem("standing", start));
    table.set_standing("");
    CHECK_FALSE(table.redeem("", start));
}
