// SPDX-License-Identifier: Apache-2.0
#include "config/duration_text.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using config::format_duration;
using config::parse_duration;

TEST_CASE("config: a duration is a whole number and a unit", "[config]") {
    CHECK(parse_duration("30s") == 30s);
    CHECK(parse_duration("250ms") == 250ms);
    CHECK(parse_duration("7us") == 7us);
    CHECK(parse_duration("2m") == 2min);
    CHECK(parse_duration("1h") == 1h);
    CHECK(parse_duration("0s") == 0s);
}

TEST_CASE("config: anything else is no duration", "[config]") {
    for (const char* text :
         {"",
          "s",
          "30",
          "0",
          "30 s",
          " 30s",
          "30s ",
          "-1s",
          "+1s",
          "1.5s",
          "30S",
          "30sec",
          "1m30s",
          "0x10s",
          "30d"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text).has_value());
    }
}

TEST_CASE("config: a duration that nanoseconds cannot count is refused", "[config]") {
    CHECK(parse_duration("2562047h").has_value());
    CHECK_FALSE(parse_duration("2562048h").has_value());
    CHECK_FALSE(parse_duration("18446744073709551615us").has_value());
    CHECK_FALSE(parse_duration("18446744073709551616us").has_value());
}

TEST_CASE("config: a duration is written with the largest unit that divides it", "[config]") {
    CHECK(format_duration(0s) == "0s");
    CHECK(format_duration(1500ms) == "1500ms");
    CHECK(format_duration(60s) == "1m");
    CHECK(format_duration(7200s) == "2h");
    CHECK(format_duration(1us) == "1us");
    for (const auto value : {1us, 999us})
        CHECK(parse_duration(format_duration(value)) == value);
}
