// SPDX-License-Identifier: Apache-2.0
#include "quic/black_hole.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using quic::black_hole;

namespace {

constexpr std::size_t long_size = 1452;
constexpr duration short_path = 30ms;

struct watched {
    void send(std::size_t size, int count = 1) {
        for (int i = 0; i < count; ++i)
            machine.sent(size, now);
    }
    /// Three long packets, and nothing for so long.
    void stand_still(duration length, duration probe_timeout = short_path) {
        const time_point since = now;
        send(long_size, 3);
        now += length;
        machine.stuck(since, probe_timeout, now);
    }
    bool is_short() const { return machine.limit(long_size) == black_hole::size_min; }
    /// Until long packets are tried again.
    duration pause() {
        const time_point since = now;
        while (is_short()) {
            now += 1s;
            machine.tick(now);
        }
        return now - since;
    }

    time_point now = time_point(1000s);
    black_hole machine;
};

}  // namespace

TEST_CASE("black_hole: packets are as long as they may be until some vanish", "[quic]") {
    watched path;
    CHECK(path.machine.limit(long_size) == long_size);
    path.stand_still(499ms);
    CHECK_FALSE(path.is_short());
    path.stand_still(500ms);
    CHECK(path.is_short());
    CHECK(path.machine.limit(1100) == 1100);
}

TEST_CASE("black_hole: a long path has longer to answer", "[quic]") {
    watched path;
    path.stand_still(2900ms, 1s);
    CHECK_FALSE(path.is_short());
    path.stand_still(3s, 1s);
    CHECK(path.is_short());
}

TEST_CASE("black_hole: short packets that vanish say nothing, nor do two long ones", "[quic]") {
    watched path;
    const time_point since = path.now;
    path.send(black_hole::size_min, 100);
    path.send(long_size, 2);
    path.now += 10s;
    path.machine.stuck(since, short_path, path.now);
    CHECK_FALSE(path.is_short());
    path.send(long_size);
    path.machine.stuck(since, short_path, path.now);
    CHECK(path.is_short());
}

TEST_CASE("black_hole: long packets from before the standstill do not count", "[quic]") {
    watched path;
    path.send(long_size, 50);
    path.now += 1ms;
    const time_point since = path.now;
    path.now += 5s;
    path.machine.stuck(since, short_path, path.now);
    CHECK_FALSE(path.is_short());
}

TEST_CASE("black_hole: long packets are tried again, less and less often in vain", "[quic]") {
    watched path;
    std::vector<duration> pauses;
    for (int i = 0; i < 12; ++i) {
        path.stand_still(1s);
        REQUIRE(path.is_short());
        pauses.push_back(path.pause());
    }
    CHECK(
        pauses == std::vector<duration>{1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 512s, 600s, 600s}
    );
}

TEST_CASE("black_hole: what was wrong for as long as it is right is forgotten", "[quic]") {
    watched path;
    path.stand_still(1s);
    CHECK(path.pause() == 1s);
    path.stand_still(1s);
    CHECK(path.pause() == 2s);
    path.now += 2s;
    path.stand_still(1s);
    CHECK(path.pause() == 1s);
}

TEST_CASE("black_hole: another path begins anew", "[quic]") {
    watched path;
    path.stand_still(1s);
    path.machine.moved();
    CHECK_FALSE(path.is_short());
    path.stand_still(1s);
    CHECK(path.pause() == 1s);
}

TEST_CASE("black_hole: nobody takes a path for dead before short packets were tried", "[quic]") {
    watched path;
    path.send(long_size);
    path.now += short_path;
    path.machine.unanswered(1, short_path, path.now);
    CHECK_FALSE(path.is_short());
    path.send(long_size, 2);
    path.now += 2 * short_path;
    path.machine.unanswered(2, short_path, path.now);
    CHECK(path.is_short());
}

TEST_CASE("black_hole: short packets that nobody answers say nothing", "[quic]") {
    watched path;
    path.send(long_size, 3);
    path.now += 10 * short_path;
    path.send(100, 3);
    path.now += 3 * short_path;
    path.machine.unanswered(2, short_path, path.now);
    CHECK_FALSE(path.is_short());
}
