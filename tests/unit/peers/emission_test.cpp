// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/emission.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

constexpr time_point start{1h};

/// How many records go while `what` changes every `gap` for `span`, and nothing else makes one go.
int records(change_class what, duration gap, duration span) {
    emission changes{config{}};
    int count = 0;
    time_point next = start;
    for (time_point now = start; now < start + span; now += 10ms) {
        if (now >= next) {
            changes.changed(what, now);
            next += gap;
        }
        if (const auto due = changes.due(); due && *due <= now) {
            changes.sent(now);
            ++count;
        }
    }
    return count;
}

}  // namespace

TEST_CASE("emission: nothing waits while nothing changes", "[peers][emission]") {
    emission changes{config{}};
    CHECK_FALSE(changes.due());
    changes.changed(change_class::address, start);
    REQUIRE(changes.due());
    changes.sent(start);
    CHECK_FALSE(changes.due());
}

TEST_CASE("emission: state, doubt and contributions are due at once", "[peers][emission]") {
    for (const auto what : {change_class::state, change_class::doubt, change_class::contribution}) {
        emission changes{config{}};
        for (int i = 0; i < 100; ++i) {
            changes.changed(what, start);
            CHECK(changes.due() == start);
            changes.sent(start);
        }
    }
}

TEST_CASE("emission: others wait until they have settled", "[peers][emission]") {
    const config options;
    emission changes{options};
    changes.changed(change_class::address, start);
    CHECK(changes.due() == start + 2s);
    changes.changed(change_class::address, start + 1500ms);
    CHECK(changes.due() == start + 3500ms);
    changes.changed(change_class::capability, start + 1600ms);
    CHECK(changes.due() == start + 2600ms);  // the sooner takes the other along
}

TEST_CASE("emission: what never settles is told all the same", "[peers][emission]") {
    emission changes{config{}};
    for (duration at = 0ms; at <= 6s; at += 100ms)
        changes.changed(change_class::address, start + at);
    CHECK(changes.due() == start + 6s);
}

TEST_CASE("emission: each class has its long run", "[peers][emission]") {
    const int minutes = 10;
    CHECK(records(change_class::load, 100ms, 10min) == 3 + minutes * 2 - 1);
    CHECK(records(change_class::address, 100ms, 10min) <= 3 + minutes * 2);
    CHECK(records(change_class::neighbors, 100ms, 10min) <= 3 + minutes * 2);
    CHECK(records(change_class::neighbors, 3min, 10min) == 4);
    CHECK(records(change_class::capability, 100ms, 10min) <= 5 + minutes * 15);
}

TEST_CASE("emission: a mesh that settles its views at boot does not chatter", "[peers][emission]") {
    // A change every 300 ms for 5 s, then none.
    CHECK(records(change_class::neighbors, 300ms, 5s) == 0);
    emission changes{config{}};
    int count = 0;
    for (duration at = 0ms; at < 1min; at += 10ms) {
        if (at < 5s && at % 300ms == 0ms) changes.changed(change_class::neighbors, start + at);
        if (const auto due = changes.due(); due && *due <= start + at) {
            changes.sent(start + at);
            ++count;
        }
    }
    CHECK(count == 1);
}

TEST_CASE("emission: who rides along does not pay", "[peers][emission]") {
    const config options;
    emission changes{options};
    for (int i = 0; i < 100; ++i) {  // for another's sake
        changes.changed(change_class::neighbors, start);
        changes.changed(change_class::state, start);
        changes.sent(start);
    }
    changes.changed(change_class::neighbors, start);
    CHECK(changes.due() == start + options.neighbor_changes.settle);
    for (int i = 0; i < options.load_changes.burst; ++i) {  // for its own
        changes.changed(change_class::load, start);
        CHECK(changes.due() == start);
        changes.sent(start);
    }
    changes.changed(change_class::load, start);
    CHECK(changes.due() == start + options.load_changes.interval);
}
