// SPDX-License-Identifier: Apache-2.0
#include "ctl/text_table.hpp"
#include "support/catch.hpp"

using namespace meshhost;

TEST_CASE("ctl: columns are as wide as their widest cell", "[ctl]") {
    ctl::text_table table({{"NODE"}, {"RTT", ctl::align::right}, {"ROLE"}});
    table.add({"gateway-01", "0.21 ms", "gateway"});
    table.add({"b", "41.7 ms", ""});
    CHECK(
        table.to_string(true)
        == "NODE            RTT  ROLE\n"
           "gateway-01  0.21 ms  gateway\n"
           "b           41.7 ms\n"
    );
    CHECK(table.to_string(false).starts_with("gateway-01"));
}

TEST_CASE("ctl: letters outside ASCII do not shift columns", "[ctl]") {
    ctl::text_table table({{"A"}, {"B"}});
    table.add({"é", "1"});
    table.add({"ee", "2"});
    CHECK(table.to_string(false) == "é   1\nee  2\n");
}

TEST_CASE("ctl: a cell stays on its line", "[ctl]") {
    ctl::text_table table({{"A"}});
    table.add({"x\ny"});
    CHECK(table.to_string(false) == "x?y\n");
}
