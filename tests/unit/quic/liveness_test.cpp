// SPDX-License-Identifier: Apache-2.0
#include "quic/liveness.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using quic::liveness;

namespace {

using verdict = liveness::verdict;

constexpr duration short_path = 30ms;

/// A machine and the clock it is told of.
struct watched {
    explicit watched(bool leads = true, std::uint64_t seed = 1)
        : machine(leads, prng(seed)) {
        machine.watch({}, now);
    }

    /// Comes to its next deadline, late by so much.
    verdict run(duration late = {}) {
        now = machine.deadline() + late;
        return machine.on_deadline(now);
    }
    /// Until it wants to ask, and does.
    void ask(duration probe_timeout = short_path) {
        while (!machine.wants_ping(now))
            REQUIRE(run() == verdict::alive);
        machine.pinged(now, probe_timeout);
    }
    /// Repeats the question until the end of its time.
    verdict wait_in_vain() {
        for (;;) {
            const verdict so_far = run();
            if (so_far != verdict::alive) return so_far;
            if (!machine.wants_ping(now)) continue;
            machine.pinged(now, path);
            ++repetitions;
        }
    }

    time_point now = time_point(1000s);
    liveness machine;
    duration path = short_path;
    unsigned repetitions = 0;
};

}  // namespace

TEST_CASE("liveness: asks after a silence of the interval, the one that leads first", "[quic]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 20));
    watched first(true, seed);
    watched second(false, seed);
    const time_point start = first.now;
    CHECK(first.machine.deadline() >= start + 3800ms);
    CHECK(first.machine.deadline() < start + 4s);
    CHECK(second.machine.deadline() >= start + 4s);
    CHECK(second.machine.deadline() <= start + 4160ms);
    CHECK_FALSE(first.machine.wants_ping(start + 1s));
    CHECK(first.run() == verdict::alive);
    CHECK(first.machine.wants_ping(first.now));
}

TEST_CASE("liveness: two links that began together drift apart", "[quic]") {
    watched one(true, 1);
    watched other(true, 2);
    CHECK(one.machine.deadline() != other.machine.deadline());
}

TEST_CASE("liveness: what is heard puts the question off", "[quic]") {
    watched peer;
    peer.now += 3s;
    peer.machine.heard(peer.now);
    CHECK(peer.machine.deadline() >= peer.now + 3800ms);
    peer.ask();
    peer.machine.heard(peer.now + 1ms);
    CHECK(peer.machine.deadline() >= peer.now + 4s);
    CHECK(peer.machine.deadline() <= peer.now + 4161ms);
}

TEST_CASE("liveness: who was asked asks next", "[quic]") {
    watched first(true);
    first.ask();
    first.machine.heard(first.now + 1ms);
    CHECK(first.machine.deadline() >= first.now + 4s);
    watched second(false);
    second.now += 3s;
    second.machine.heard(second.now);
    CHECK(second.machine.deadline() < second.now + 4s);
}

TEST_CASE("liveness: no answer within its time, and a last look, is silence", "[quic]") {
    watched peer;
    peer.ask();
    const time_point asked = peer.now;
    CHECK(peer.wait_in_vain() == verdict::silent);
    CHECK(peer.now >= asked + 1500ms);
    CHECK(peer.now < asked + 1600ms);
    CHECK(peer.repetitions >= 6);
    CHECK(peer.repetitions <= 8);
}

TEST_CASE("liveness: what waited to be read when the time was over is an answer", "[quic]") {
    watched peer;
    peer.ask();
    CHECK(peer.machine.on_deadline(peer.now += 1500ms) == verdict::alive);
    CHECK_FALSE(peer.machine.wants_ping(peer.now));
    peer.machine.heard(peer.now);
    CHECK(peer.run() == verdict::alive);
    CHECK(peer.machine.wants_ping(peer.now));  // the next question
}

TEST_CASE("liveness: a long path has more time to answer", "[quic]") {
    watched peer;
    peer.path = 800ms;
    peer.ask(peer.path);
    const time_point asked = peer.now;
    CHECK(peer.wait_in_vain() == verdict::silent);
    CHECK(peer.now >= asked + 4s);
    CHECK(peer.repetitions >= 3);
}

TEST_CASE("liveness: a host that comes late to a deadline asks again", "[quic]") {
    watched peer;
    SECTION("to the question's: it was suspended while it rested") {
        CHECK(peer.run(1h) == verdict::alive);
        CHECK(peer.machine.wants_ping(peer.now));
    }
    SECTION("to the answer's") {
        peer.ask();
        CHECK(peer.run(1h) == verdict::alive);
    }
    SECTION("to the last look") {
        peer.ask();
        CHECK(peer.machine.on_deadline(peer.now += 1500ms) == verdict::alive);
        CHECK(peer.run(1s) == verdict::alive);
    }
    REQUIRE(peer.machine.wants_ping(peer.now));
    peer.machine.pinged(peer.now, short_path);
    CHECK(peer.wait_in_vain() == verdict::silent);
}

TEST_CASE("liveness: a question that cannot leave is not counted as asked", "[quic]") {
    watched peer;
    REQUIRE(peer.run() == verdict::alive);
    for (int i = 0; i < 1000; ++i) {
        CHECK(peer.machine.wants_ping(peer.now));
        REQUIRE(peer.run() == verdict::alive);
    }
    peer.machine.pinged(peer.now, short_path);
    CHECK(peer.wait_in_vain() == verdict::silent);
}

TEST_CASE("liveness: asked to probe, it asks once, whether it watches or not", "[quic]") {
    liveness machine(true, prng(1));
    time_point now(1s);
    CHECK(machine.deadline() == no_deadline);
    machine.probe(now);
    CHECK(machine.wants_ping(now));
    machine.pinged(now, short_path);
    machine.probe(now + 500ms);
    CHECK_FALSE(machine.wants_ping(now + 500ms));
    SECTION("no answer") {
        CHECK(machine.on_deadline(now + 600ms) == verdict::alive);
        CHECK(machine.on_deadline(machine.deadline()) == verdict::silent);
    }
    SECTION("an answer: nothing is left of it") {
        machine.heard(now + 1s);
        CHECK(machine.deadline() == no_deadline);
    }
}

TEST_CASE("liveness: what was heard this very moment is no reason to ask", "[quic]") {
    watched peer;
    peer.machine.heard(peer.now);
    peer.machine.probe(peer.now);
    CHECK_FALSE(peer.machine.wants_ping(peer.now));
    CHECK(peer.machine.wants_ping(peer.now + 1ns));
}

TEST_CASE("liveness: three refused questions in a row are believed", "[quic]") {
    watched peer;
    const time_point first = peer.now += 1s;
    CHECK(peer.machine.refused(peer.now) == verdict::alive);
    unsigned asked = 0;
    verdict last = verdict::alive;
    while (last == verdict::alive) {
        peer.ask();
        ++asked;
        last = peer.machine.refused(peer.now += 1ms);
        if (last == verdict::alive) CHECK(peer.machine.refused(peer.now) == verdict::alive);
    }
    CHECK(last == verdict::refused);
    CHECK(asked == 3);
    CHECK(peer.now - first < 400ms);
}

TEST_CASE("liveness: an answer proves a refusal forged, and others for a while", "[quic]") {
    watched peer;
    CHECK(peer.machine.refused(peer.now += 1s) == verdict::alive);
    peer.ask();
    CHECK(peer.machine.refused(peer.now += 1ms) == verdict::alive);
    peer.ask();
    peer.machine.heard(peer.now += 1ms);
    for (int i = 0; i < 900; ++i) {
        CHECK(peer.machine.refused(peer.now += 1ms) == verdict::alive);
        REQUIRE_FALSE(peer.machine.wants_ping(peer.now));
    }
    CHECK(peer.machine.refused(peer.now += 200ms) == verdict::alive);
    CHECK(peer.machine.wants_ping(peer.now));
}

TEST_CASE("liveness: refusals mean nothing to a connection that nobody watches", "[quic]") {
    liveness machine(true, prng(1));
    time_point now(1s);
    for (int i = 0; i < 10; ++i)
        CHECK(machine.refused(now += 100ms) == verdict::alive);
    CHECK_FALSE(machine.wants_ping(now));
    CHECK(machine.deadline() == no_deadline);
}

TEST_CASE("liveness: a doubt hurries a patient question", "[quic]") {
    liveness machine(true, prng(1));
    time_point now(1000s);
    machine.watch({.ping_every = 15s, .answer_within = 10s}, now);
    const bool is_asked_already = GENERATE(false, true);
    now += 1s;
    if (is_asked_already) {
        now = machine.deadline();
        CHECK(machine.on_deadline(now) == verdict::alive);
        machine.pinged(now, short_path);
        now += 500ms;
    }
    machine.probe(now);
    if (!is_asked_already) {
        REQUIRE(machine.wants_ping(now));
        machine.pinged(now, short_path);
    }
    const time_point doubted = now;
    for (verdict so_far = verdict::alive; so_far == verdict::alive;) {
        now = machine.deadline();
        REQUIRE(now <= doubted + 1200ms);
        so_far = machine.on_deadline(now);
        if (machine.wants_ping(now)) machine.pinged(now, short_path);
    }
}
