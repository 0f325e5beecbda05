// SPDX-License-Identifier: Apache-2.0
#include "lab/model/measurement.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::lab::model;

namespace {

reading two_hosts(duration at, duration cpu, std::uint64_t datagrams) {
    reading now;
    now.at = time_point(at);
    now.machine_busy = 10 * cpu;
    now.hosts = {
        {"a", 1, cpu, 2048, 4096, 10 * datagrams, datagrams, 100 * datagrams},
        {"b", 2, cpu, 4096, 6144, 10 * datagrams, datagrams, 100 * datagrams}};
    return now;
}

}  // namespace

TEST_CASE("measurement: rates are over the time between, of all hosts", "[lab]") {
    const auto found = figures_between(two_hosts(10s, 1s, 100), two_hosts(20s, 2s, 200));
    CHECK(found.seconds == Approx(10));
    CHECK(found.hosts == 2);
    CHECK(found.cpu_percent == Approx(20));  // 2 x 1 s in 10 s
    CHECK(found.cpu_percent_of.at("a") == Approx(10));
    CHECK(found.other_percent == Approx(80));
    CHECK(found.pss_mib == Approx(3));
    CHECK(found.rss_mib == Approx(5));
    CHECK(found.switches_per_s == Approx(200));
    REQUIRE(found.datagrams_per_s.has_value());
    CHECK(*found.datagrams_per_s == Approx(20));
    REQUIRE(found.bytes_per_s.has_value());
    CHECK(*found.bytes_per_s == Approx(20 * (100 + 28)));
}

TEST_CASE("measurement: a host that was started anew is left out", "[lab]") {
    auto after = two_hosts(20s, 2s, 200);
    after.hosts[1].pid = 3;
    const auto found = figures_between(two_hosts(10s, 1s, 100), after);
    CHECK(found.hosts == 1);
    CHECK(found.cpu_percent == Approx(10));
}

TEST_CASE("measurement: what a host does not tell is not made up", "[lab]") {
    auto after = two_hosts(20s, 2s, 200);
    after.hosts[0].bytes.reset();
    const auto found = figures_between(two_hosts(10s, 1s, 100), after);
    CHECK_FALSE(found.bytes_per_s.has_value());
    CHECK(found.datagrams_per_s.has_value());
    CHECK(to_json(found).at("bytes_per_s").is_null());
}

TEST_CASE("measurement: the median is the middle one", "[lab]") {
    CHECK(median({}) == 0);
    CHECK(median({3}) == 3);
    CHECK(median({9, 1, 5}) == 5);
    CHECK(median({4, 1, 2, 9}) == 3);
}
