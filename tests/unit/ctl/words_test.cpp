// SPDX-License-Identifier: Apache-2.0
#include "ctl/words.hpp"
#include "support/catch.hpp"

using namespace meshhost;

TEST_CASE("ctl: round trips have as many digits as matter", "[ctl]") {
    CHECK(ctl::rtt_text(212us) == "0.21 ms");
    CHECK(ctl::rtt_text(41'700us) == "41.7 ms");
    CHECK(ctl::rtt_text(1250ms) == "1.25 s");
}

TEST_CASE("ctl: ages show their two largest units", "[ctl]") {
    CHECK(ctl::age_text(0ms) == "0 ms");
    CHECK(ctl::age_text(640ms) == "640 ms");
    CHECK(ctl::age_text(53s) == "53 s");
    CHECK(ctl::age_text(252s) == "4m 12s");
    CHECK(ctl::age_text(3h + 5min + 59s) == "3h 05m");
    CHECK(ctl::age_text(52h) == "2d 04h");
}

TEST_CASE("ctl: one is not plural", "[ctl]") {
    CHECK(ctl::count_text(0, "peer") == "0 peers");
    CHECK(ctl::count_text(1, "peer") == "1 peer");
    CHECK(ctl::count_text(2, "peer") == "2 peers");
}

TEST_CASE("ctl: values carry their unit when it is one", "[ctl]") {
    CHECK(ctl::value_text(12, "{job}") == "12");
    CHECK(ctl::value_text(0.25, "1") == "0.25");
    CHECK(ctl::value_text(3.5, "MiBy") == "3.5 MiBy");
    CHECK(ctl::value_text(true, "") == "true");
    CHECK(ctl::value_text("idle", "") == "idle");
}

TEST_CASE("ctl: bytes are counted in powers of 1024", "[ctl]") {
    CHECK(ctl::bytes_text(512) == "512 B");
    CHECK(ctl::bytes_text(12'800) == "12.5 KiB");
    CHECK(ctl::bytes_text(64.0 * (1 << 20)) == "64.0 MiB");
}
