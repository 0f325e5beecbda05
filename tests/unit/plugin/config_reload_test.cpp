// SPDX-License-Identifier: Apache-2.0
// Live reload: what may change, and all or none.
#include <mesh/plugin.h>

#include "plugin/proto/config_change.hpp"
#include "plugin_bench.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using namespace meshhost::test;
using plugin::reload_outcome;
using plugin::proto::instance_state;

namespace {

struct reloading {
    explicit reloading(bool is_isolated)
        : bench(is_isolated) {
        const auto refused = bench.load_all(
            {{.argument = test_plugin("reloader"), .instance = "a"},
             {.argument = test_plugin("reloader"), .instance = "b"},
             {.argument = test_plugin("recorder"), .instance = "c"}}
        );
        REQUIRE(refused.empty());
        bench.manager().start();
        REQUIRE(bench.until_state(instance_state::running));
    }

    /// Each a table in JSON.
    plugin::reload_result reload(const char* a, const char* b, const char* c = "{}") {
        std::map<std::string, plugin::instance_settings, std::less<>> wanted;
        wanted["a"].config.values = boost::json::parse(a).as_object();
        wanted["b"].config.values = boost::json::parse(b).as_object();
        wanted["c"].config.values = boost::json::parse(c).as_object();
        std::optional<plugin::reload_result> told;
        REQUIRE(bench.manager().reconfigure(wanted, [&](const auto& result) { told = result; }));
        REQUIRE(bench.until([&] { return told.has_value(); }));
        REQUIRE(told->instances.size() == 3);
        return *told;
    }

    plugin_bench bench;
};

}  // namespace

TEST_CASE("config change: the paths that differ", "[plugin][reload]") {
    using namespace plugin::proto;
    const auto object = [](const char* text) { return boost::json::parse(text).as_object(); };
    CHECK(changed_paths(object("{}"), object("{}")).empty());
    CHECK(
        changed_paths(
            object(R"({"a": 1, "b": {"x": 1, "y": [1, 2]}, "c": true})"),
            object(R"({"a": 1, "b": {"x": 2, "y": [1, 3]}, "d": 0})")
        )
        == std::vector<std::string>{"b.x", "b.y", "c", "d"}
    );
    const config_schema schema{
        false,
        {{.path = "b.x", .type = MESH_T_I64, .flags = MESH_CFG_RELOAD},
         {.path = "t", .type = MESH_CFG_TABLE, .flags = MESH_CFG_RELOAD},
         {.path = "c", .type = MESH_T_BOOL}}};
    CHECK(
        fixed_paths(schema, {"b.x", "b.xx", "t.any", "c"}) == std::vector<std::string>{"b.xx", "c"}
    );
    CHECK(fixed_paths({}, {"c"}).empty());
}

TEST_CASE("reload: all accept, all apply", "[plugin][reload]") {
    reloading hosts(GENERATE(false, true));
    const auto done = hosts.reload(R"({"word": "second"})", R"({"word": "third"})");
    CHECK(done.is_applied);
    CHECK(done.instances[0].outcome == reload_outcome::applied);
    CHECK(done.instances[0].changed == std::vector<std::string>{"word"});
    CHECK(done.instances[1].outcome == reload_outcome::applied);
    CHECK(done.instances[2].outcome == reload_outcome::unchanged);
    // Both have one role, and whoever speaks last is heard.
    const auto is_said = [&hosts](const char* key, const char* a, const char* b) {
        return hosts.bench.until([&] {
            const auto found = hosts.bench.values.find(key);
            return found != hosts.bench.values.end()
                   && (found->second == peers::proto::digest_value(a)
                       || found->second == peers::proto::digest_value(b));
        });
    };
    CHECK(is_said("reloader.said", "second", "third"));
    CHECK(is_said("reloader.offered", "second over first", "third over first"));
    const auto again = hosts.reload(R"({"word": "second"})", R"({"word": "fourth"})");
    CHECK(again.instances[0].outcome == reload_outcome::unchanged);
    CHECK(hosts.bench.until_value("reloader.said", "fourth"));
    CHECK(hosts.bench.until_value("reloader.applied", std::int64_t{2}));
}

TEST_CASE("reload: one refuses, none applies", "[plugin][reload]") {
    reloading hosts(GENERATE(false, true));
    auto done = hosts.reload(R"({"word": "second"})", R"({"word": "no"})");
    CHECK_FALSE(done.is_applied);
    CHECK(done.instances[0].outcome == reload_outcome::accepted);
    CHECK(done.instances[1].outcome == reload_outcome::refused);
    CHECK(done.instances[1].reason == "it will not say no");

    done = hosts.reload(R"({"word": "second", "fixed": 2})", "{}");
    CHECK_FALSE(done.is_applied);
    CHECK(done.instances[0].reason == "fixed cannot change while the host runs: restart the host");

    done = hosts.reload(R"({"word": ""})", "{}");
    CHECK_FALSE(done.is_applied);
    CHECK(done.instances[0].reason.find("word") != std::string::npos);

    done = hosts.reload(R"({"word": "second"})", "{}", R"({"words": {"greeting": "moin"}})");
    CHECK_FALSE(done.is_applied);
    CHECK(
        done.instances[2].reason
        == "words.greeting cannot change while the host runs: restart the host"
    );

    CHECK_FALSE(hosts.bench.values.contains("reloader.applied"));
    CHECK(hosts.reload("{}", "{}").is_applied);  // nothing has changed
}

TEST_CASE("reload: a role says how it is until it is well again", "[plugin][health]") {
    reloading hosts(GENERATE(false, true));
    CHECK(hosts.reload(R"({"word": "ill"})", "{}").is_applied);
    CHECK(hosts.bench.until_value("reloader.health", "degraded: it was told to be"));
    CHECK(hosts.bench.manager().status()[0].health == MESH_HEALTH_DEGRADED);
    CHECK(hosts.bench.manager().status()[0].health_reason == "it was told to be");
    CHECK(hosts.reload(R"({"word": "well"})", "{}").is_applied);
    CHECK(hosts.bench.until([&] { return !hosts.bench.values.contains("reloader.health"); }));
    CHECK(hosts.reload(R"({"word": "ill"})", "{}").is_applied);
    CHECK(hosts.bench.until_value("reloader.health", "degraded: it was told to be"));
    CHECK(hosts.bench.stop() == 0);
    CHECK(hosts.bench.values.empty());
}

TEST_CASE("reload: of two instances of a role the one that is worse is told", "[plugin][health]") {
    reloading hosts(GENERATE(false, true));
    CHECK(hosts.reload(R"({"word": "ill"})", R"({"word": "ill"})").is_applied);
    const auto is_ill = [&](std::size_t which) {
        return hosts.bench.manager().status()[which].health == MESH_HEALTH_DEGRADED;
    };
    REQUIRE(hosts.bench.until([&] { return is_ill(0) && is_ill(1); }));
    CHECK(hosts.reload(R"({"word": "well"})", R"({"word": "ill"})").is_applied);
    REQUIRE(hosts.bench.until([&] { return !is_ill(0); }));
    CHECK(hosts.bench.values.contains("reloader.health"));
    CHECK(hosts.reload(R"({"word": "well"})", R"({"word": "well"})").is_applied);
    REQUIRE(hosts.bench.until([&] { return !is_ill(1); }));
    CHECK_FALSE(hosts.bench.values.contains("reloader.health"));
}
