// SPDX-License-Identifier: Apache-2.0
#include "http/envelope.hpp"
#include "observe/proto/wall_time.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using namespace meshhost;
using observe::proto::parse_wall_time;

TEST_CASE("observe: a time reads back as it is written", "[observe]") {
    for (const auto at : {0ms, 1'795'812'835'767ms, 951'782'399'001ms}) {
        const auto text = http::format_time(std::chrono::system_clock::time_point(at));
        CAPTURE(text);
        CHECK(parse_wall_time(text) == at);
    }
    CHECK(parse_wall_time("1970-01-01T00:00:01Z") == 1000ms);
    CHECK(parse_wall_time("1970-01-01T00:00:01.5Z") == 1500ms);
    CHECK(parse_wall_time("1970-01-01T00:00:01.123456789+00:00") == 1123ms);
}

TEST_CASE("observe: what is no time is none", "[observe]") {
    for (const char* text :
         {"",
          "now",
          "2026-13-01T00:00:00Z",
          "2026-02-30T00:00:00Z",
          "2026-01-01T24:00:00Z",
          "2026-01-01T00:00:00",
          "2026-01-01T00:00:00+01:00",
          "2026-01-01T00:00:00.Z",
          "2026-01-01T00:00:00.1234567890Z",
          "-026-01-01T00:00:00Z",
          "2026-01-01 00:00:00Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_wall_time(text).has_value());
    }
}
