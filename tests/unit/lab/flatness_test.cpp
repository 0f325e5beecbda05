// SPDX-License-Identifier: Apache-2.0
#include "lab/model/flatness.hpp"
#include "support/catch.hpp"

using namespace meshhost::lab::model;

namespace {

/// Twenty samples of one table.
template <class Value>
table_growth growth_of(Value value, double slack = 0) {
    std::vector<table_sample> samples;
    for (unsigned i = 0; i < 20; ++i)
        samples.push_back({i, {{"room.connections", value(i)}}});
    const auto all = judge_growth(samples, {1, 0.02, slack});
    REQUIRE(all.size() == 1);
    return all.front();
}

}  // namespace

TEST_CASE("flatness: a table that fills while it warms up and no further is flat", "[lab]") {
    const auto growth = growth_of([](unsigned i) { return i < 4 ? 10.0 * i : 40; });
    CHECK(growth.is_flat);
    CHECK(growth.first == 40);
    CHECK(growth.last == 40);
}

TEST_CASE("flatness: a leak of one in a hundred a sample is found", "[lab]") {
    const auto growth = growth_of([](unsigned i) { return 100.0 + i; });
    CHECK_FALSE(growth.is_flat);
    CHECK(growth.last > growth.first);
}

TEST_CASE("flatness: one outlier does not decide", "[lab]") {
    CHECK(growth_of([](unsigned i) { return i == 18 ? 1000.0 : 50; }).is_flat);
}

TEST_CASE("flatness: a nearly empty table may have a few more", "[lab]") {
    const auto few = [](unsigned i) { return i < 10 ? 1.0 : 3; };
    CHECK(growth_of(few, 3).is_flat);
    CHECK_FALSE(growth_of(few, 1).is_flat);
}

TEST_CASE("flatness: what has happened since the start is no table", "[lab]") {
    for (const char* name :
         {"transport.connections",
          "peers.peers",
          "process.descriptors",
          "process.resident_bytes",
          "gossip.queue_bytes",
          "transport.send_bytes"}) {
        CAPTURE(name);
        CHECK(is_table(name));
    }
    for (const char* name :
         {"transport.datagrams_sent",
          "transport.closed_idle_timeout",
          "peers.links_opened",
          "gossip.sent_payload_bytes",
          "transport.opened"}) {
        CAPTURE(name);
        CHECK_FALSE(is_table(name));
    }
}

TEST_CASE("flatness: what goes down at times is no counter, whatever it is called", "[lab]") {
    std::vector<table_sample> samples;
    for (unsigned i = 0; i < 20; ++i)
        samples.push_back({i, {{"room.newly_made", i == 10 ? 0.0 : i}, {"room.things_done", i}}});
    const auto all = judge_growth(samples, {1, 0.02, 0});
    REQUIRE(all.size() == 1);
    CHECK(all.front().name == "room.newly_made");
    CHECK_FALSE(all.front().is_flat);
}

TEST_CASE("flatness: a cache may fill, up to its limit; PSS is not judged", "[lab]") {
    const auto grown_to = [](double last) {
        std::vector<table_sample> samples;
        for (unsigned i = 0; i < 20; ++i)
            samples.push_back(
                {i,
                 {{"transport.paths_cached", i < 10 ? 10 : last},
                  {"memory.pss_bytes", i < 10 ? 10 : last}}}
            );
        const auto all = judge_growth(samples, {2, 0.02, 0});
        REQUIRE(all.size() == 1);
        return all.front();
    };
    CHECK(grown_to(2048).is_flat);
    CHECK(grown_to(2048).limit == 2048);
    CHECK_FALSE(grown_to(2049).is_flat);
}

TEST_CASE("flatness: what is kept of each id may be kept of all there are", "[lab]") {
    std::vector<table_sample> samples;
    for (unsigned i = 0; i < 20; ++i)
        samples.push_back({i, {{"gossip.addresses", i < 10 ? 10.0 : 40.0}}});
    CHECK(judge_growth(samples, {2, 0.02, 0, 20}).front().is_flat);
    CHECK_FALSE(judge_growth(samples, {2, 0.02, 0, 19}).front().is_flat);
    CHECK_FALSE(judge_growth(samples, {2, 0.02, 0}).front().is_flat);
}

TEST_CASE("flatness: too few samples say nothing", "[lab]") {
    CHECK(judge_growth({{1, {{"room.connections", 1}}}}, {}).empty());
}
