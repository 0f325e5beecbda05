// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/config/loading.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using namespace meshhost::config;
using namespace meshhost::config::test;

TEST_CASE("config: plugins come by the order of their names", "[config]") {
    const auto plugins =
        load(file("[plugin.b]\npath = 'b.so'\nrequired = true\n[plugin.a-0]\npath = './a.so'\n"))
            .values.plugin;
    REQUIRE(plugins.size() == 2);
    CHECK(plugins[0].instance == "a-0");
    CHECK(plugins[0].path == "./a.so");
    CHECK_FALSE(plugins[0].required);
    CHECK(plugins[1].instance == "b");
    CHECK(plugins[1].required);
}

TEST_CASE("config: a plugin can be made on the command line alone", "[config]") {
    const auto plugins = load(sets({"plugin.compute-0.path=compute.so"})).values.plugin;
    REQUIRE(plugins.size() == 1);
    CHECK(plugins[0].path == "compute.so");
}

TEST_CASE(
    "config: a role's own table is handed on whole, with the place of every key",
    "[config]"
) {
    const loaded_config loaded =
        load(file("[plugin.c]\npath = 'c.so'\n"
                  "[plugin.c.config]\nmax = 4\nnames = ['x',\n  'y']\n"
                  "[plugin.c.config.limits]\nrate = 0.5\n[plugin.c.config.empty]\n"));
    const plugin_config& plugin = loaded.values.plugin.front();
    CHECK(
        boost::json::value(plugin.config)
        == boost::json::parse(
            R"({"max": 4, "names": ["x", "y"], "limits": {"rate": 0.5}, "empty": {}})"
        )
    );
    using places = std::map<std::string, std::string, std::less<>>;
    CHECK(
        plugin.config_origins
        == places{{"max", "host.toml:4:1"}, {"names", "host.toml:5:1"}, {"names[0]", "host.toml:5:10"}, {"names[1]", "host.toml:6:3"}, {"limits.rate", "host.toml:8:1"}, {"empty", "host.toml:9:18"}}
    );
    CHECK(find(loaded, "plugin.c.config.limits.rate").origin == "host.toml:8:1");
}

TEST_CASE("config: a role's own table is merged key by key", "[config]") {
    const config_layers layers{
        {{"a.toml", "[plugin.c]\npath = 'c.so'\nconfig = {a = 1, b = {x = 1, y = 2}, c = 3}\n"},
         {"b.toml", "plugin.c.config = {b = {x = 9}, c = {deep = true}, d = 'new'}\n"}},
        {},
        {"plugin.c.config.a=[1, 2]", "plugin.c.config.e=bare text"}};
    const plugin_config plugin = load(layers).values.plugin.front();
    CHECK(
        boost::json::value(plugin.config)
        == boost::json::parse(R"({"a": [1, 2], "b": {"x": 9, "y": 2}, "c": {"deep": true},
                                  "d": "new", "e": "bare text"})")
    );
    CHECK(plugin.config_origins.at("b.y") == "a.toml:3:30");
    CHECK(plugin.config_origins.at("b.x") == "b.toml:1:25");
    CHECK(plugin.config_origins.at("a") == "--set");
}

TEST_CASE("config: a plain value replaces a table of a role, and a table a value", "[config]") {
    const std::string first = "[plugin.c]\npath = 'c.so'\nconfig.a.b = 1\nconfig.v = 1\n";
    const auto config_of = [&](const std::string& set) {
        const loaded_config loaded = load({{{"a.toml", first}}, {}, {set}});
        return boost::json::value(loaded.values.plugin.front().config);
    };
    CHECK(config_of("plugin.c.config.a=5") == boost::json::parse(R"({"a": 5, "v": 1})"));
    CHECK(
        config_of("plugin.c.config.v.w=5")
        == boost::json::parse(R"({"a": {"b": 1}, "v": {"w": 5}})")
    );
}

TEST_CASE("config: a table of a role without keys keeps those of lower layers", "[config]") {
    const config_layers layers{
        {{"a.toml", "[plugin.c]\npath = 'c.so'\n[plugin.c.config.t]\nx = 1\n"},
         {"b.toml", "[plugin.c.config.t]\n"}},
        {},
        {}};
    CHECK(
        boost::json::value(load(layers).values.plugin.front().config)
        == boost::json::parse(R"({"t": {"x": 1}})")
    );
}
