// SPDX-License-Identifier: Apache-2.0
// New code in the place of a role's, in both modes: the state and what it holds go over, events
// are not lost, and whatever goes wrong leaves the old code running.
#include "plugin_bench.hpp"

#include <filesystem>
#include <optional>
#include <string>

using namespace meshhost;
using namespace meshhost::test;
using plugin::proto::instance_state;

namespace {

struct reloaded : plugin_bench {
    explicit reloaded(bool is_isolated)
        : plugin_bench(is_isolated) {
        run(test_plugin("counter"));
        REQUIRE(until([this] { return count() >= 3; }));
    }

    std::int64_t count() {
        const auto found = values.find("counter.count");
        return found == values.end() ? -1 : std::get<std::int64_t>(found->second);
    }

    /// The message of a refusal, or nothing.
    std::string swap(const std::string& file) {
        std::optional<std::string> answer;
        const auto begun = manager().reload(
            "counter-0",
            test_plugin(file),
            [&answer](const outcome<plugin::instance_status>& how) {
                answer = how ? "" : how.error().message;
            }
        );
        if (!begun) return begun.error().message;
        REQUIRE(until([&answer] { return answer.has_value(); }));
        return *answer;
    }
};

}  // namespace

TEST_CASE("reload: new code goes on where the old one stopped", "[plugin]") {
    reloaded bench(GENERATE(false, true));
    const auto before = bench.count();
    CHECK(bench.swap("counter_2") == "");
    CHECK(bench.until_value("counter.code", "2.0.0"));
    CHECK(bench.until_value("counter.adopted", std::int64_t{1}));
    CHECK(bench.count() >= before);  // never less: the state was handed over
    REQUIRE(bench.until([&] { return bench.count() > before + 3; }));  // and so was the timer
    CHECK(bench.manager().status()[0].version == "2.0.0");
    CHECK(bench.manager().status()[0].generation == 2);
    CHECK(bench.manager().status()[0].restarts == 0);
    CHECK(bench.stop() == 0);
    CHECK(bench.values.empty());
}

TEST_CASE("reload: forty times, and nothing is left behind", "[plugin]") {
    reloaded bench(GENERATE(false, true));
    const auto before = bench.count();
    for (int i = 0; i < 20; ++i) {
        REQUIRE(bench.swap("counter_2") == "");
        REQUIRE(bench.swap("counter") == "");
    }
    CHECK(bench.manager().status()[0].generation == 41);
    REQUIRE(bench.until([&] { return bench.count() > before + 40; }));
    CHECK(bench.manager().measure().handles == 1);
    CHECK(bench.errors.empty());
}

TEST_CASE("reload: what goes wrong in the new code leaves the old one running", "[plugin]") {
    const bool is_isolated = GENERATE(false, true);
    const auto [file, words] = GENERATE(table<const char*, const char*>({
        {"counter_fails_create", "MP203 create returned MESH_E_IO: no luck in create"},
        {"counter_fails_restore", "MP320 swap to counter 3.0.0 aborted in restore: MESH_E_INVALID"},
        {"counter_fails_start",
         "MP320 swap to counter 3.0.0 aborted in start: MESH_E_IO: no luck in start"},
        {"counter_format_9",
         "MP320 swap to counter 9.0.0 aborted in restore: MESH_E_INVALID: format 1, understands 9 "
         "to 9"},
        {"plain_c", "MP018"},
        {"nothing_there", "MP001 cannot open"},
    }));
    reloaded bench(is_isolated);
    const std::string said = bench.swap(file);
    CAPTURE(said);
    CHECK(said.find(words) != std::string::npos);
    const auto before = bench.count();
    REQUIRE(bench.until([&] { return bench.count() > before + 3; }));
    CHECK(bench.values.at("counter.code") == peers::proto::digest_value("1.0.0"));
    CHECK(bench.manager().status()[0].generation == 1);
    CHECK(bench.manager().status()[0].state == instance_state::running);
    const std::string fault = file;
    if (fault == "counter_fails_start" || fault == "counter_fails_restore")
        CHECK(bench.until_value("counter.aborted", true));
    CHECK(bench.manager().measure().handles == 1);
    CHECK(bench.stop() == 0);
}

TEST_CASE("reload: code that wants a process of its own gets into no other", "[plugin]") {
    reloaded bench(false);
    CHECK(
        bench.swap("counter_alone").find("MP320 the new code runs in a process of its own alone")
        != std::string::npos
    );
    const auto before = bench.count();
    CHECK(bench.until([&] { return bench.count() > before; }));
}

TEST_CASE("reload: one at a time, of a role that runs", "[plugin]") {
    reloaded bench(false);
    int answers = 0;
    const auto ask = [&](const char* instance) {
        return bench.manager().reload(instance, test_plugin("counter_2"), [&](const auto&) {
            ++answers;
        });
    };
    CHECK(ask("counter-0"));
    const auto second = ask("counter-0");
    REQUIRE_FALSE(second);
    CHECK(second.error().code == "E_PLUGIN_BUSY");
    CHECK(ask("nobody-0").error().code == "E_NO_PLUGIN");
    REQUIRE(bench.until([&] { return answers == 1; }));
    CHECK(bench.stop() == 0);
    CHECK(ask("counter-0").error().code == "E_NO_PLUGIN");
}

/// Not part of the suite: `plugin_test "[.swaps]"` takes half a minute.
TEST_CASE("reload: a thousand times under load", "[.swaps]") {
    const bool is_isolated = GENERATE(false, true);
    reloaded bench(is_isolated);
    const auto before = bench.count();
    for (int i = 0; i < 500; ++i) {
        REQUIRE(bench.swap("counter_2") == "");
        REQUIRE(bench.swap("counter") == "");
    }
    CHECK(bench.manager().status()[0].generation == 1001);
    CHECK(bench.manager().status()[0].restarts == 0);
    REQUIRE(bench.until([&] { return bench.count() > before + 1000; }));
    CHECK(bench.manager().measure().handles == 1);
    CHECK(bench.errors.empty());
}
