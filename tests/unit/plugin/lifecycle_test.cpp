// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/lifecycle.hpp"
#include "plugin/proto/limits.hpp"
#include "support/catch.hpp"

#include <string>

using namespace meshhost;
using namespace meshhost::plugin::proto;

namespace {

const time_point start_of_time{};

/// A lifecycle that has been told to start, and whose start returned `end`.
lifecycle started(call_end end = call_end::done) {
    lifecycle life;
    REQUIRE(life.start_requested(start_of_time) == callback::start);
    life.returned(end);
    return life;
}

}  // namespace

TEST_CASE("lifecycle: a life without trouble", "[plugin][lifecycle]") {
    lifecycle life;
    CHECK(life.state() == instance_state::created);
    CHECK_FALSE(life.takes_events());
    CHECK(life.start_requested(start_of_time) == callback::start);
    CHECK(life.state() == instance_state::starting);
    CHECK(life.takes_events());
    CHECK(life.returned(call_end::done) == callback::none);
    CHECK(life.state() == instance_state::running);
    CHECK(life.next_deadline() == no_deadline);
    CHECK(life.shutdown_requested(start_of_time + 3s) == callback::drain);
    CHECK(life.state() == instance_state::draining);
    CHECK(life.next_deadline() == start_of_time + 3s);
    CHECK(life.takes_events());
    CHECK(life.returned(call_end::done) == callback::none);
    CHECK(life.drained() == callback::stop);
    CHECK_FALSE(life.takes_events());
    CHECK(life.returned(call_end::done) == callback::destroy);
    CHECK(life.state() == instance_state::stopped);
    CHECK_FALSE(life.is_over());
    CHECK(life.returned(call_end::done) == callback::none);
    CHECK(life.is_over());
}

TEST_CASE("lifecycle: a pending start ends with started()", "[plugin][lifecycle]") {
    lifecycle life = started(call_end::pending);
    CHECK(life.state() == instance_state::starting);
    CHECK(life.next_deadline() == start_of_time + start_limit);
    SECTION("well") {
        CHECK(life.started(true) == callback::none);
        CHECK(life.state() == instance_state::running);
        CHECK(life.started(false) == callback::none);  // said twice: the first counts
        CHECK(life.state() == instance_state::running);
    }
    SECTION("badly") {
        CHECK(life.started(false) == callback::stop);
        CHECK(life.state() == instance_state::failed);
    }
    SECTION("not at all") {
        CHECK(life.deadline_passed() == callback::stop);
        CHECK(life.state() == instance_state::failed);
    }
    SECTION("by a shutdown") {
        CHECK(life.shutdown_requested(start_of_time) == callback::stop);
        CHECK(life.returned(call_end::done) == callback::destroy);
    }
}

TEST_CASE("lifecycle: a failed start is stopped and waits to be destroyed", "[plugin][lifecycle]") {
    lifecycle life;
    life.start_requested(start_of_time);
    CHECK(life.returned(call_end::failed) == callback::stop);
    CHECK(life.state() == instance_state::failed);
    CHECK(life.returned(call_end::done) == callback::none);
    CHECK_FALSE(life.is_over());
    CHECK(life.next_deadline() == no_deadline);
    CHECK(life.start_requested(start_of_time) == callback::none);
    CHECK(life.shutdown_requested(start_of_time) == callback::destroy);
    life.returned(call_end::done);
    CHECK(life.is_over());
    CHECK(life.state() == instance_state::failed);
}

TEST_CASE("lifecycle: one that was never started is only destroyed", "[plugin][lifecycle]") {
    lifecycle life;
    CHECK(life.shutdown_requested(start_of_time) == callback::destroy);
    life.returned(call_end::done);
    CHECK(life.is_over());
    CHECK(life.state() == instance_state::stopped);
}

TEST_CASE(
    "lifecycle: the drain ends by its deadline, its failure or its word",
    "[plugin][lifecycle]"
) {
    lifecycle life = started();
    CHECK(life.drained() == callback::none);  // nobody asked
    life.shutdown_requested(start_of_time + 1s);
    SECTION("deadline") {
        life.returned(call_end::pending);
        CHECK(life.deadline_passed() == callback::stop);
    }
    SECTION("failure") {
        CHECK(life.returned(call_end::failed) == callback::stop);
        CHECK(life.state() == instance_state::stopped);
    }
    SECTION("a second shutdown changes nothing") {
        life.returned(call_end::done);
        CHECK(life.shutdown_requested(start_of_time + 9s) == callback::none);
        CHECK(life.next_deadline() == start_of_time + 1s);
    }
}

TEST_CASE("lifecycle: what broke and can be called is stopped once", "[plugin][lifecycle]") {
    lifecycle life = started();
    CHECK(life.broke(true) == callback::stop);
    CHECK(life.broke(true) == callback::none);
    CHECK(life.returned(call_end::failed) == callback::none);
    CHECK(life.state() == instance_state::failed);
}

TEST_CASE("lifecycle: what cannot be called is never called again", "[plugin][lifecycle]") {
    lifecycle life = started();
    CHECK(life.broke(false) == callback::none);
    CHECK(life.is_over());
    CHECK(life.state() == instance_state::failed);
    CHECK(life.shutdown_requested(start_of_time) == callback::none);
    CHECK(life.drained() == callback::none);
    CHECK(life.deadline_passed() == callback::none);
}

TEST_CASE("lifecycle: what broke before it was started is not started", "[plugin][lifecycle]") {
    lifecycle life;
    CHECK(life.broke(true) == callback::none);
    CHECK(life.start_requested(start_of_time) == callback::none);
    CHECK(life.shutdown_requested(start_of_time) == callback::destroy);
}

TEST_CASE("lifecycle: the words for operators do not change", "[plugin][lifecycle]") {
    CHECK(to_string(instance_state::created) == std::string("created"));
    CHECK(to_string(instance_state::starting) == std::string("starting"));
    CHECK(to_string(instance_state::running) == std::string("running"));
    CHECK(to_string(instance_state::draining) == std::string("draining"));
    CHECK(to_string(instance_state::stopped) == std::string("stopped"));
    CHECK(to_string(instance_state::failed) == std::string("failed"));
}
