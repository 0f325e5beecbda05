// SPDX-License-Identifier: Apache-2.0
// Roles that fail, stall and die: what is said of it, and what happens next.
#include "base/shadow_memory.hpp"
#include "plugin_bench.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

using namespace meshhost;
using namespace meshhost::test;
using namespace std::chrono_literals;
using plugin::proto::instance_state;

namespace {

/// Does `deed` a millisecond after its start; restarts come quickly.
struct supervised : plugin_bench {
    supervised(const char* deed, bool is_isolated)
        : plugin_bench(is_isolated) {
        auto& mine = own("mischief-0");
        mine.config.values = {{"deed", deed}};
        mine.restarts = {.most = 3, .window = 10min, .first = 1ms, .cap = 5ms};
    }

    void start() {
        REQUIRE_FALSE(load(test_plugin("mischief")));
        manager().start();
    }
    plugin::instance_status status() { return manager().status().at(0); }
    bool is_given_up() {
        return status().state == instance_state::failed && !status().is_restarting
               && status().restarts == 3;
    }
};

/// While it lives, nothing can be opened.
class no_descriptors {
public:
    no_descriptors() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const rlimit none{0, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    }
    no_descriptors(const no_descriptors&) = delete;
    no_descriptors& operator=(const no_descriptors&) = delete;
    ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

std::size_t descriptors() {
    const std::filesystem::directory_iterator open("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

}  // namespace

TEST_CASE("supervision: a role that fails is started again, and given up in the end", "[plugin]") {
    supervised bench("give_up", GENERATE(false, true));
    bench.start();
    REQUIRE(bench.until([&] { return bench.is_given_up(); }));
    CHECK(
        bench.status().last_error == "MP306 reported a fatal MESH_E_IO: the disk is gone: stopped"
    );
    // Nothing is said in its name any more.
    CHECK(bench.until([&] { return bench.values.empty(); }));
    SECTION("until somebody says that it may try again") {
        REQUIRE(bench.manager().restart("mischief-0"));
        REQUIRE(bench.until([&] { return bench.status().restarts == 7; }));
    }
    CHECK(bench.stop() == 0);
}

TEST_CASE("supervision: a configuration that is wrong does not get better", "[plugin]") {
    supervised bench("misconfigured", GENERATE(false, true));
    bench.start();
    REQUIRE(bench.until([&] { return bench.status().state == instance_state::failed; }));
    CHECK_FALSE(bench.status().is_restarting);
    CHECK(bench.status().restarts == 0);
}

TEST_CASE("supervision: a running role restarts when somebody wants it", "[plugin]") {
    supervised bench("nothing", GENERATE(false, true));
    bench.start();
    REQUIRE(bench.until_value("mischief.said", "done"));
    REQUIRE(bench.manager().restart("mischief-0"));
    REQUIRE(bench.until([&] { return bench.status().restarts == 1; }));
    CHECK(bench.until_value("mischief.said", "done"));
    CHECK(bench.status().state == instance_state::running);
    CHECK_FALSE(bench.manager().restart("nobody-0"));
}

TEST_CASE("supervision: without a descriptor left a restart is put off", "[plugin]") {
    supervised bench("nothing", GENERATE(false, true));
    bench.own("mischief-0").restarts = {.most = 1000, .window = 10min, .first = 1ms, .cap = 5ms};
    bench.start();
    REQUIRE(bench.until_value("mischief.said", "done"));
    const auto is_lacking = [&] { return bench.status().last_error.starts_with("MP207"); };
    {
        const no_descriptors lack;
        REQUIRE(bench.manager().restart("mischief-0"));
        REQUIRE(bench.until([&] { return is_lacking() && bench.status().restarts >= 3; }));
        CHECK(bench.status().is_restarting);
        CHECK_THAT(bench.status().last_error, Catch::Matchers::EndsWith("Too many open files"));
    }
    REQUIRE(bench.until([&] { return bench.status().state == instance_state::running; }));
    CHECK(bench.until_value("mischief.said", "done"));
    CHECK(bench.stop() == 0);
}

TEST_CASE("supervision: restarts do not use descriptors up", "[plugin]") {
    supervised bench("give_up", false);
    bench.own("mischief-0").restarts = {.most = 30, .window = 10min, .first = 1us, .cap = 1us};
    bench.start();
    REQUIRE(bench.until([&] { return bench.status().restarts >= 3; }));
    const auto early = descriptors();
    REQUIRE(bench.until([&] { return bench.status().restarts == 30; }));
    CHECK(descriptors() <= early + 3);  // of the one that is running, and of its state
}

TEST_CASE("supervision: a callback that holds its strand is told of, and where it is", "[plugin]") {
    supervised bench("block", GENERATE(false, true));
    bench.start();
    REQUIRE(bench.until_value("mischief.said", "done"));
    CHECK(bench.status().slow_calls >= 2);  // MP303, MP304
    CHECK(bench.status().state == instance_state::running);
}

TEST_CASE("supervision: a hung role in the host's process is marked, not killed", "[plugin]") {
    supervised bench("block", false);
    bench.own("mischief-0").config.values["block_ms"] = 700;
    bench.own("mischief-0").stalls.kill = 300ms;
    bench.start();
    REQUIRE(bench.until([&] { return bench.status().is_stalled; }));
    CHECK(
        bench.status().last_error
        == "MP308 stalled: on_event(3:1) has not returned for 0.3 s, and cannot be killed "
           "in-process: set isolation = \"process\""
    );
    REQUIRE(bench.until([&] { return !bench.status().is_stalled; }));  // it came back after all
    CHECK(bench.until_value("mischief.said", "done"));
}

TEST_CASE("supervision: a hung role in a process of its own is killed", "[plugin]") {
    supervised bench("hang", true);
    bench.own("mischief-0").stalls.kill = 100ms;
    bench.start();
    REQUIRE(bench.until([&] { return bench.is_given_up(); }));
    CHECK(
        bench.status().last_error == "MP308 stalled: on_event(3:1) did not return for 0.1 s: killed"
    );
    CHECK(bench.stop() == 0);
}

TEST_CASE("supervision: a crash in a process of its own costs the role alone", "[plugin]") {
    const auto [deed, words] = GENERATE(table<const char*, const char*>({
        {"crash", "MP310 died with SIGSEGV in on_event(3:1) at +0x"},
        {"abort", "MP310 died with SIGABRT in on_event(3:1) at +0x"},
        {"quit", "MP310 its process ended with exit status 1 in on_event(3:1) at +0x"},
        {"exit", "MP310 its process ended with exit status 3 in on_event(3:1)"},
    }));
    supervised bench(deed, true);
    bench.start();
    REQUIRE(bench.until([&] { return bench.is_given_up(); }));
    CHECK(bench.status().last_error.starts_with(words));
    CHECK(bench.until([&] { return bench.values.empty(); }));
    CHECK(bench.stop() == 0);
}

TEST_CASE("supervision: a process of its own has no rights", "[plugin]") {
    supervised who("who", true);
    who.start();
    REQUIRE(who.until([&] { return who.values.contains("mischief.user"); }));
    const auto user = std::get<std::int64_t>(who.values.at("mischief.user"));
    CHECK(user == (::getuid() == 0 ? 65534 : static_cast<std::int64_t>(::getuid())));
    CHECK(std::get<std::int64_t>(who.values.at("mischief.process")) == who.status().process);
}

TEST_CASE("supervision: a process of its own has no more than its memory", "[plugin]") {
    if (has_shadow_memory) return;  // in such a build nothing is limited
    supervised eats("eat", true);
    eats.start();
    REQUIRE(eats.until([&] { return !eats.errors.empty(); }));
    CHECK(
        eats.errors.front()
        == "MP301 on_event(3:1) returned MESH_E_NOMEM: out of memory (failure 1 of 10 before "
           "quarantine)"
    );
    CHECK(eats.status().state == instance_state::running);
}

TEST_CASE("supervision: an isolated role's process is gone when it is stopped", "[plugin]") {
    supervised bench("nothing", true);
    bench.start();
    REQUIRE(bench.until_value("mischief.said", "done"));
    const auto process = static_cast<pid_t>(*bench.status().process);
    CHECK(bench.stop() == 0);
    CHECK(bench.status().state == instance_state::stopped);
    CHECK(::kill(process, 0) != 0);
    CHECK_FALSE(bench.status().process);
}
