// SPDX-License-Identifier: Apache-2.0
#include "config/toml_depth.hpp"
#include "config/toml_reader.hpp"
#include "support/catch.hpp"

#include <boost/json/serialize.hpp>

using namespace meshhost::config;

namespace {

std::vector<toml_item> read(std::string_view text) {
    auto items = read_toml(text);
    REQUIRE(items.has_value());
    return *items;
}

std::string repeat(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

}  // namespace

TEST_CASE("config: a document is listed table by table, each before its keys", "[config]") {
    std::vector<std::string> order;
    for (const toml_item& item : read("[b]\ny = 1\n[a]\nx.z = 2\n[b.c]\nw = 3\n"))
        order.push_back(path_text(item.path));
    CHECK(order == std::vector<std::string>{"a", "a.x", "a.x.z", "b", "b.c", "b.c.w", "b.y"});
}

TEST_CASE("config: keys, values and elements know where they stand", "[config]") {
    const auto items = read("[net]\n  bind = [\"a\",\n    \"b\"]\n");
    REQUIRE(items.size() == 2);
    CHECK(items[1].key_at == text_position{2, 3});
    CHECK(items[1].value_at == text_position{2, 10});
    REQUIRE(items[1].elements_at.size() == 2);
    CHECK(items[1].elements_at[0] == text_position{2, 11});
    CHECK(items[1].elements_at[1] == text_position{3, 5});
}

TEST_CASE("config: every kind of value becomes its JSON", "[config]") {
    const auto json = [](std::string_view text) {
        const auto item = read_toml_value(text);
        REQUIRE(item.has_value());
        return boost::json::serialize(item->value);
    };
    CHECK(json("true") == "true");
    CHECK(json("0xff") == "255");
    CHECK(json("-9223372036854775808") == "-9223372036854775808");
    CHECK(json("0.5") == "5E-1");
    CHECK(json(R"("a\tb")") == R"("a\tb")");
    CHECK(json("'c:\\d'") == R"("c:\\d")");
    CHECK(json("1979-05-27T07:32:00Z") == R"("1979-05-27T07:32:00Z")");
    CHECK(json("[1, [true], {a = 'b'}]") == R"([1,[true],{"a":"b"}])");
}

TEST_CASE("config: one value is one value", "[config]") {
    for (const char* text : {"", "4433 x", "1\nother = 2", "{a = 1}", "compute.so", "30s", "[1"}) {
        CAPTURE(text);
        CHECK_FALSE(read_toml_value(text).has_value());
    }
}

TEST_CASE("config: deep nesting of every kind is refused before it is parsed", "[config]") {
    const std::string key = repeat("a.", 400'000) + "a = 1";
    const std::string brackets = "a = " + repeat("[", 100'000);
    const std::string braces = "a = " + repeat("{a=", 100'000);
    const std::string mixed = "a = " + repeat("[\n{a.a.a.a = ", 10'000);
    for (const std::string& text : {key, "[" + key, brackets, braces, mixed}) {
        const auto items = read_toml(text);
        REQUIRE(items.has_error());
        CHECK(items.error().message == "nested too deep: at most 32 tables and arrays");
    }
}

TEST_CASE("config: only nesting counts as depth", "[config]") {
    const std::string floats = "a = [" + repeat("1.5, ", 1000) + "]";
    const std::string dots = repeat("..........", 10);
    CHECK_FALSE(find_too_deep(floats, 4).has_value());
    CHECK_FALSE(find_too_deep(repeat("a.b = 1.5\n", 100), 4).has_value());
    CHECK_FALSE(find_too_deep("a = \"" + dots + "\" # " + dots + "\n", 4).has_value());
    CHECK_FALSE(find_too_deep("a = '" + dots + "\\'\nb = 1", 4).has_value());
    CHECK_FALSE(find_too_deep("a = \"\\\"" + dots + "\"", 4).has_value());
    CHECK_FALSE(find_too_deep("a = \"\"\"\n" + dots + "\"\" " + dots + "\"\"\"", 4).has_value());
    CHECK_FALSE(find_too_deep("a = '''" + dots + "'''''\nb = '" + dots + "'", 4).has_value());
}

TEST_CASE("config: the place of too deep a nesting is told", "[config]") {
    CHECK(find_too_deep("ok = 1\n  a.b.c.d = 1", 2) == text_position{2, 8});
    CHECK(find_too_deep("x = \"\"\"a\"\"\"\"\"\ny = [{a.b = 1}]", 2) == text_position{2, 8});
}
