// SPDX-License-Identifier: Apache-2.0
// When a role that failed is started again, and when a callback counts as too long.
#include "plugin/proto/frame_stream.hpp"
#include "plugin/proto/restart_policy.hpp"
#include "plugin/proto/stall_watch.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace meshhost;
using namespace meshhost::plugin::proto;
using namespace std::chrono_literals;

TEST_CASE("restarts: each waits twice as long as the one before, to a limit", "[plugin]") {
    restart_policy policy({.most = 5, .window = 10min, .first = 200ms, .cap = 1s});
    time_point now(1s);
    for (const duration wait : {200ms, 400ms, 800ms, 1000ms, 1000ms})
        CHECK(policy.failed(now += 1s) == wait);
    CHECK_FALSE(policy.failed(now += 1s));
    CHECK_FALSE(policy.failed(now += 1s));
    SECTION("what is long ago counts no more") {
        CHECK(policy.failed(now += 10min) == 200ms);
    }
    SECTION("or was forgiven") {
        policy.forgive();
        CHECK(policy.failed(now) == 200ms);
    }
}

TEST_CASE("restarts: with none allowed there is none", "[plugin]") {
    restart_policy policy({.most = 0, .window = 10min});
    CHECK_FALSE(policy.failed(time_point(1s)));
}

TEST_CASE("stalls: each thing is said once a callback, the gravest last", "[plugin]") {
    using finding = stall_watch::finding;
    stall_watch watch({.warn = 50ms, .stall = 250ms, .kill = 1s});
    const time_point began(1s);
    CHECK(watch.look(began + 50ms, 1, began) == finding::none);
    CHECK(watch.look(began + 51ms, 1, began) == finding::slow);
    CHECK(watch.look(began + 60ms, 1, began) == finding::none);
    CHECK(watch.look(began + 251ms, 1, began) == finding::stalled);
    CHECK(watch.look(began + 999ms, 1, began) == finding::none);
    CHECK(watch.look(began + 1001ms, 1, began) == finding::hung);
    CHECK(watch.look(began + 1h, 1, began) == finding::none);
    CHECK(watch.look(began + 1h, 1, std::nullopt) == finding::none);
    // The next one, seen late: one thing at a time.
    const time_point next = began + 2h;
    CHECK(watch.look(next + 2s, 2, next) == finding::slow);
    CHECK(watch.look(next + 2s, 2, next) == finding::stalled);
    CHECK(watch.look(next + 2s, 2, next) == finding::hung);
    CHECK(watch.slow() == 2);
    CHECK(watch.stalled() == 2);
}

TEST_CASE("stalls: zero is no limit", "[plugin]") {
    stall_watch watch({.warn = 50ms, .stall = 250ms, .kill = 0s});
    const time_point began(1s);
    for (int i = 0; i < 5; ++i)
        CHECK(watch.look(began + 1h, 1, began) != stall_watch::finding::hung);
}

TEST_CASE("frames: whole messages come out, however the bytes came in", "[plugin]") {
    byte_buffer stream;
    for (const std::string text : {"", "a", "two words"}) {
        append_frame(stream, [&text](byte_buffer& out) {
            out.insert(out.end(), text.begin(), text.end());
        });
    }
    const std::size_t step = GENERATE(1, 2, 3, 5, 100);
    frame_reader reader;
    std::vector<std::string> read;
    for (std::size_t at = 0; at < stream.size(); at += step) {
        reader.feed(bytes_view(stream).subspan(at, std::min(step, stream.size() - at)));
        while (const auto frame = reader.next())
            read.emplace_back(frame->begin(), frame->end());
    }
    CHECK(read == std::vector<std::string>{"", "a", "two words"});
    CHECK_FALSE(reader.is_broken());
}

TEST_CASE("frames: a length that no message has is the end", "[plugin]") {
    frame_reader reader;
    reader.feed(byte_buffer{0xff, 0xff, 0xff, 0xff, 1});
    CHECK_FALSE(reader.next());
    CHECK(reader.is_broken());
}
