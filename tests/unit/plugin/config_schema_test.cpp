// SPDX-License-Identifier: Apache-2.0
#include <mesh/plugin.h>

#include "plugin/proto/config_path.hpp"
#include "plugin/proto/config_rule.hpp"
#include "plugin/proto/config_schema.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

using namespace meshhost;
using namespace meshhost::plugin::proto;
namespace json = boost::json;

namespace {

using lines = std::vector<std::string>;

config_schema strict(std::vector<config_key> keys) {
    return {.is_open = false, .keys = std::move(keys)};
}

checked_config check(const config_schema& schema, const char* values) {
    const plugin_config given{json::parse(values).as_object(), {}};
    return check_config(schema, given, "plugin.t-0.config.");
}

config_key key(std::uint32_t type, std::string rule = {}, std::string fallback = {}) {
    return {.path = "k", .type = type, .fallback = std::move(fallback), .rule = std::move(rule)};
}

/// What is wrong with `value`; empty: nothing.
std::string broken(const config_key& of, const char* value) {
    REQUIRE_FALSE(fault_of_rule(of));
    return broken_rule(of, json::parse(value)).value_or("");
}

}  // namespace

TEST_CASE(
    "config: defaults are filled in, also below tables that are not there",
    "[plugin][config]"
) {
    const auto schema = strict(
        {{.path = "a.b", .type = MESH_T_I64, .fallback = "7"},
         {.path = "c", .type = MESH_T_STR, .fallback = "\"x\""},
         {.path = "d", .type = MESH_T_BOOL}}
    );
    const auto checked = check(schema, R"({"c": "y"})");
    CHECK(checked.problems.empty());
    CHECK(json::serialize(checked.values) == R"({"c":"y","a":{"b":7}})");
}

TEST_CASE("config: every problem is found, not only the first", "[plugin][config]") {
    const auto schema = strict(
        {{.path = "jobs", .type = MESH_T_I64, .rule = "1..9"},
         {.path = "name", .type = MESH_T_STR, .flags = MESH_CFG_REQUIRED},
         {.path = "token", .type = MESH_T_STR, .flags = MESH_CFG_SECRET, .rule = "len:8.."},
         {.path = "old", .type = MESH_T_BOOL, .flags = MESH_CFG_DEPRECATED}}
    );
    const auto checked = check(schema, R"({"jobs": 0, "token": "pass", "jbos": 1, "old": true})");
    CHECK(
        checked.problems
        == lines{"plugin.t-0.config.jobs = 0: must be 1..9", "plugin.t-0.config.name is missing", "plugin.t-0.config.token = (secret): must have a length of 8..", "unknown key \"jbos\", did you mean \"jobs\"?"}
    );
    CHECK(checked.warnings == lines{"plugin.t-0.config.old is deprecated"});
}

TEST_CASE("config: a problem says where the value was set", "[plugin][config]") {
    const auto schema =
        strict({{.path = "a", .type = MESH_T_I64}, {.path = "b", .type = MESH_T_I64}});
    const plugin_config given{
        {{"a", "x"}, {"b", "x"}, {"gamma", 1}, {"delta", 1}},
        {{"a", "/etc/m.toml:41:7"},
         {"b", "/etc/m.toml:42:1"},
         {"gamma", "--set"},
         {"delta", "/x.toml:3"}}};
    CHECK(
        check_config(schema, given, "p.").problems
        == lines{"/etc/m.toml:41: p.a = \"x\": must be an integer", "line 42: p.b = \"x\": must be an integer", "--set: unknown key \"gamma\"", "/x.toml:3: unknown key \"delta\""}
    );
}

TEST_CASE("config: a role that declares nothing reads what it likes", "[plugin][config]") {
    CHECK(check({}, R"({"anything": {"goes": [1, 2]}})").problems.empty());
    CHECK(check(strict({}), R"({"nothing": 1})").problems == lines{"unknown key \"nothing\""});
}

TEST_CASE("config: whole tables and arrays belong to their role", "[plugin][config]") {
    const auto schema = strict(
        {{.path = "limits", .type = MESH_CFG_TABLE}, {.path = "hosts", .type = MESH_CFG_ARRAY}}
    );
    CHECK(check(schema, R"({"limits": {"x": {"y": 1}}, "hosts": [{"z": 1}]})").problems.empty());
    CHECK(check(schema, R"({"limits": 1})").problems.size() == 1);
}

TEST_CASE("config: a table in the way of a key is a problem", "[plugin][config]") {
    const auto schema = strict({{.path = "a.b", .type = MESH_T_I64, .fallback = "7"}});
    CHECK(check(schema, R"({"a": 1})").problems.size() == 2);  // no room for a.b; a is unknown
    CHECK(check(schema, R"({"a": {"c": 1}})").problems.size() == 1);
}

TEST_CASE("config: types", "[plugin][config]") {
    CHECK(broken(key(MESH_T_BOOL), "true").empty());
    CHECK(broken(key(MESH_T_BOOL), "1") == "must be true or false");
    CHECK(broken(key(MESH_T_I64), "-1").empty());
    CHECK(broken(key(MESH_T_I64), "1.5") == "must be an integer");
    CHECK(broken(key(MESH_T_U64), "-1") == "must be an integer, not negative");
    CHECK(broken(key(MESH_T_F64), "1").empty());
    CHECK(broken(key(MESH_T_F64), "\"1\"") == "must be a number");
    CHECK(broken(key(MESH_T_STR), "[]") == "must be a string");
    CHECK(broken(key(MESH_CFG_ARRAY), "{}") == "must be an array");
    CHECK(broken(key(MESH_CFG_TABLE), "[]") == "must be a table");
}

TEST_CASE("config: rules", "[plugin][config]") {
    CHECK(broken(key(MESH_T_I64, "1..9"), "9").empty());
    CHECK(broken(key(MESH_T_I64, "1..9"), "10") == "must be 1..9");
    CHECK(broken(key(MESH_T_F64, "0.."), "-0.5") == "must be 0..");
    CHECK(broken(key(MESH_T_F64, "..1"), "0.5").empty());
    CHECK(broken(key(MESH_T_STR, "oneof:a|b"), "\"b\"").empty());
    CHECK(broken(key(MESH_T_STR, "oneof:a|b"), "\"c\"") == "must be one of \"a\", \"b\"");
    CHECK(broken(key(MESH_T_STR, "len:2..3"), "\"x\"") == "must have a length of 2..3");
    CHECK(broken(key(MESH_CFG_ARRAY, "len:1.."), "[]") == "must have a length of 1..");
}

TEST_CASE("config: a schema that nobody could keep is the author's fault", "[plugin][config]") {
    const auto fault = [](const config_key& of) { return fault_of(strict({of})).value_or(""); };
    CHECK(fault(key(MESH_T_I64, "1..9", "5")).empty());
    CHECK(fault(key(99)) == "config key \"k\": no such type");
    CHECK(
        fault(key(MESH_T_I64, "1-9")) == "config key \"k\": the rule \"1-9\" does not suit its type"
    );
    CHECK_FALSE(fault(key(MESH_T_STR, "1..9")).empty());
    CHECK_FALSE(fault(key(MESH_T_I64, "oneof:a")).empty());
    CHECK_FALSE(fault(key(MESH_T_STR, "oneof:")).empty());
    CHECK(fault(key(MESH_T_I64, "", "many")) == "config key \"k\": the default is not a value");
    CHECK(fault(key(MESH_T_I64, "1..9", "0")) == "config key \"k\": the default must be 1..9");
    CHECK_FALSE(fault({.path = "", .type = MESH_T_I64}).empty());
}

TEST_CASE("config: paths", "[plugin][config]") {
    const auto tree = json::parse(R"({"a": {"b": [10, {"c": "x"}]}, "": 1})");
    const auto at = [&](std::string_view path) {
        const auto* const found = find_path(tree, path);
        return found == nullptr ? "nothing" : json::serialize(*found);
    };
    CHECK(at("") == json::serialize(tree));
    CHECK(at("a.b[0]") == "10");
    CHECK(at("a.b[1].c") == "\"x\"");
    CHECK(at("a.b[2]") == "nothing");
    for (const char* wrong :
         {"b",
          "a.",
          ".a",
          "a..b",
          "a.b[",
          "a.b[]",
          "a.b[x]",
          "a.b[-1]",
          "a.b[0",
          "a.b[1]c",
          "a[0]",
          "a.b.c",
          "a.b[99999999999999999999]"}) {
        INFO(wrong);
        CHECK(at(wrong) == "nothing");
    }
}
