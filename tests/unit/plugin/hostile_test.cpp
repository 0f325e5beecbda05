// SPDX-License-Identifier: Apache-2.0
// A role in a process of its own that abuses the way to its host: the host lives, and so do its
// other roles.
#include "plugin_bench.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <string>

using namespace meshhost;
using namespace meshhost::test;
using plugin::proto::instance_state;

namespace {

/// Does `deed`; a restart comes quickly.
struct hostile_bench : plugin_bench {
    explicit hostile_bench(const std::string& deed)
        : plugin_bench(true) {
        auto& mine = own("hostile-0");
        mine.config.values = {{"deed", deed}};
        mine.restarts = {.most = 1, .window = 10min, .first = 1ms, .cap = 1ms};
        mine.start_limit = 100ms;
    }
    void start() {
        const auto refused = load(test_plugin("hostile"));
        REQUIRE((refused ? refused->message : "") == "");
        manager().start();
    }
    plugin::instance_status status() { return manager().status().front(); }
    bool has_given_up() {
        return until([&] {
            return status().state == instance_state::failed && !status().is_restarting
                   && status().restarts == 1;
        });
    }
    std::int64_t number(const std::string& key) { return std::get<std::int64_t>(values.at(key)); }
};

bool is_there(std::int64_t process) {
    return ::kill(static_cast<pid_t>(process), 0) == 0;
}

}  // namespace

TEST_CASE("hostile: what it reports in the probe lets it out of nothing", "[plugin][hostile]") {
    plugin_bench bench(true);
    bench.own("other").is_isolated = false;
    SECTION("as itself") {
        const auto refused = bench.load(test_plugin("hostile_lies"));
        REQUIRE((refused ? refused->message : "") == "");
        CHECK(bench.manager().status().front().instance == "hostile-0");
        CHECK(bench.manager().status().front().isolation == "process");
    }
    SECTION("as another role") {
        const auto refused = bench.load(test_plugin("hostile_lies_more"));
        REQUIRE(refused);
        CHECK(refused->message.ends_with("MP018 its note names the role hostile, its table broker")
        );
    }
    SECTION("as another role than its operator named") {
        const auto refused = bench.load(test_plugin("hostile_lies_more"), "hostile");
        REQUIRE(refused);
        CHECK(refused->message.ends_with("MP018 has no role \"hostile\", only broker"));
    }
    SECTION("under a name that leads out of the state directory") {
        const auto refused = bench.load(test_plugin("hostile_lies_names"));
        REQUIRE(refused);
        CHECK(refused->message.find("MP202") != std::string::npos);
    }
}

TEST_CASE("hostile: a name that only its code says is worth no settings", "[plugin][hostile]") {
    plugin_bench bench(GENERATE(false, true));
    SECTION("as there are none") {
        const auto refused = bench.load(test_plugin("no_note"));
        CHECK((refused ? refused->message : "") == "");
    }
    SECTION("of somebody") {
        bench.own("test-0").grant.push_back("net:out");
        const auto refused = bench.load(test_plugin("no_note"));
        REQUIRE(refused);
        CHECK(
            refused->message.find("MP018 nothing but its code says that it is test-0")
            != std::string::npos
        );
    }
    SECTION("but those of the name that its operator gave it") {
        bench.own("named").grant.push_back("net:out");
        const auto refused = bench.load_all({{test_plugin("no_note"), "named", ""}});
        CHECK(refused.empty());
    }
}

TEST_CASE("hostile: its last word comes before its first", "[plugin][hostile]") {
    plugin_bench bench(true);
    const auto refused = bench.load(test_plugin("hostile_early"));
    REQUIRE(refused);
    CHECK(refused->message.find("MP314 its process sent what is no message") != std::string::npos);
}

TEST_CASE("hostile: it does not finish its start", "[plugin][hostile]") {
    hostile_bench bench("freeze");
    bench.own("hostile-0").stalls.kill = 0s;  // not what ends it here
    bench.start();
    CHECK(bench.has_given_up());
    CHECK(bench.status().last_error.starts_with("MP205 start did not complete within"));
}

TEST_CASE("hostile: its new code takes the process and does nothing with it", "[plugin][hostile]") {
    hostile_bench bench("nothing");
    bench.own("hostile-0").stalls.kill = 0s;  // not what ends it here
    bench.start();
    REQUIRE(bench.until([&] { return bench.status().state == instance_state::running; }));
    std::optional<outcome<plugin::instance_status>> answer;
    const auto asked =
        bench.manager().reload("hostile-0", test_plugin("hostile_freezes"), [&](const auto& said) {
            answer.emplace(said);
        });
    REQUIRE(asked);
    CHECK(bench.until([&] { return answer.has_value(); }));
    REQUIRE_FALSE(*answer);
    CHECK(answer->error().message.find("MP320") != std::string::npos);
    CHECK(bench.status().last_error.starts_with("MP308 stalled: new code did not take over"));
    // The old code goes on.
    CHECK(bench.until([&] { return bench.status().state == instance_state::running; }));
    CHECK(bench.status().path == test_plugin("hostile"));
}

TEST_CASE("hostile: it stays after its last word", "[plugin][hostile]") {
    hostile_bench bench("linger");
    bench.start();
    REQUIRE(bench.until([&] { return bench.values.contains("hostile.process"); }));
    const std::int64_t process = bench.number("hostile.process");
    CHECK(bench.has_given_up());
    CHECK_FALSE(is_there(process));
}

TEST_CASE("hostile: it leaves without a word of how it ended", "[plugin][hostile]") {
    hostile_bench bench("leave");
    bench.start();
    CHECK(bench.has_given_up());
    CHECK(bench.status().last_error == "MP310 its process ended without saying why");
    CHECK_FALSE(bench.manager().reload("hostile-0", "", [](const auto&) {}));
}

TEST_CASE("hostile: it dies of a signal that has no name", "[plugin][hostile]") {
    hostile_bench bench("strange_signal");
    bench.start();
    CHECK(bench.has_given_up());
    CHECK(bench.status().last_error.starts_with("MP310 died with SIGRTMIN+1 "));
    plugin_bench probe(true);
    const auto refused = probe.load(test_plugin("hostile_signals"));
    REQUIRE(refused);
    CHECK(refused->message.find("MP202 crashed in create with SIGRTMIN+1") != std::string::npos);
}

TEST_CASE("hostile: it says that it is what nothing is", "[plugin][hostile]") {
    hostile_bench bench(GENERATE("strange_state", "stop_alone"));
    bench.start();
    CHECK(bench.has_given_up());
    CHECK(bench.status().last_error.starts_with("MP314"));
}

TEST_CASE("hostile: what it forked dies with it", "[plugin][hostile]") {
    hostile_bench bench("leave_child");
    bench.start();
    REQUIRE(bench.until([&] { return bench.values.contains("hostile.child"); }));
    const std::int64_t child = bench.number("hostile.child");
    CHECK(bench.has_given_up());
    // Whoever adopted it may not have reaped it yet: dead is enough.
    CHECK(bench.until([&] {
        std::ifstream state("/proc/" + std::to_string(child) + "/stat");
        std::string id, name, letter;
        return !(state >> id >> name >> letter) || letter == "Z";
    }));
}

TEST_CASE("hostile: it closes its end of the socket, and lives on", "[plugin][hostile]") {
    hostile_bench bench("vanish");
    bench.start();
    REQUIRE(bench.until([&] { return bench.values.contains("hostile.process"); }));
    const std::int64_t process = bench.number("hostile.process");
    CHECK(bench.has_given_up());
    CHECK_FALSE(is_there(process));
}

TEST_CASE("hostile: what it says again and again fills nothing", "[plugin][hostile]") {
    hostile_bench bench("flood");
    bench.start();
    REQUIRE(bench.until_value("hostile.process", std::int64_t{1}));
    CHECK(bench.values.size() <= plugin::proto::digest_keys_max + 1);  // and its health
    CHECK(bench.changes < 500);
    CHECK(bench.until_value("hostile.health", "degraded: 19999"));
    CHECK(bench.status().state == instance_state::running);
    CHECK(std::count(bench.states.begin(), bench.states.end(), "hostile-0 starting") == 1);
}
