// SPDX-License-Identifier: Apache-2.0
#include "config/quantity_text.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using config::parse_cpu_share;
using config::parse_emit_mode;
using config::parse_memory_size;

TEST_CASE("config: a share of the CPU is millicores or cores", "[config]") {
    CHECK(parse_cpu_share("") == 0u);
    CHECK(parse_cpu_share("250m") == 250u);
    CHECK(parse_cpu_share("0.25") == 250u);
    CHECK(parse_cpu_share("0.025") == 25u);
    CHECK(parse_cpu_share("2") == 2000u);
    CHECK(parse_cpu_share("1000") == 1'000'000u);
    for (const char* text :
         {"0",
          "0m",
          "0.0",
          "m",
          ".5",
          "1.",
          "1.2345",
          "0.25m",
          "-1",
          "250M",
          " 1",
          "1001",
          "18446744073709551616",
          "99999999999999999m",
          "1.-5",
          "0x10"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_cpu_share(text).has_value());
    }
}

TEST_CASE("config: a size of memory has a binary unit", "[config]") {
    CHECK(parse_memory_size("") == 0u);
    CHECK(parse_memory_size("64MiB") == 64u << 20);
    CHECK(parse_memory_size("1KiB") == 1024u);
    CHECK(parse_memory_size("1024TiB") == std::uint64_t{1} << 50);
    for (const char* text :
         {"64",
          "64MB",
          "64 MiB",
          "0MiB",
          "MiB",
          "1.5GiB",
          "1025TiB",
          "-1KiB",
          "18446744073709551615TiB"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_memory_size(text).has_value());
    }
}

TEST_CASE("config: a digest goes on a change, or on a clock", "[config]") {
    CHECK(parse_emit_mode("change") == 0s);
    CHECK(parse_emit_mode("interval:500ms") == 500ms);
    CHECK(parse_emit_mode("interval:1h") == 1h);
    for (const char* text :
         {"",
          "Change",
          "interval",
          "interval:",
          "interval:99ms",
          "interval:2h",
          "interval:500",
          "500ms",
          "interval: 1s"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_emit_mode(text).has_value());
    }
}
