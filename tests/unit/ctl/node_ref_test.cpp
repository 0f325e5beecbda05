// SPDX-License-Identifier: Apache-2.0
#include "ctl/node_ref.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using ctl::find_node;
using ctl::known_node;

namespace {

std::string id_starting(std::string text) {
    text.resize(64, '0');
    return text;
}

std::vector<known_node> five_nodes() {
    return {
        {id_starting("ab12"), "compute-a", {"compute"}},
        {id_starting("ab13"), "compute-b", {"compute", "bridge"}},
        {id_starting("00ff"), "compute-c", {"compute"}},
        {id_starting("cafe"), "twin", {"gateway"}},
        {id_starting("beef"), "twin", {"broker"}}};
}

std::string name_found(std::string_view text) {
    const auto nodes = five_nodes();
    const auto found = find_node(text, nodes);
    REQUIRE(found.has_value());
    return *found == nullptr ? "nobody" : (*found)->name;
}

}  // namespace

TEST_CASE("ctl: a node is found by its name", "[ctl]") {
    CHECK(name_found("compute-b") == "compute-b");
    CHECK(name_found("compute") == "nobody");
    CHECK(name_found("") == "nobody");
}

TEST_CASE("ctl: a node is found by four digits of its id, no fewer", "[ctl]") {
    CHECK(name_found("ab12") == "compute-a");
    CHECK(name_found("AB13") == "compute-b");
    CHECK(name_found(id_starting("00ff")) == "compute-c");
    CHECK(name_found("00f") == "nobody");
    CHECK(name_found("00fg") == "nobody");
    CHECK(name_found("ab14") == "nobody");
}

TEST_CASE("ctl: role and number count by id from one", "[ctl]") {
    CHECK(name_found("compute/1") == "compute-c");
    CHECK(name_found("compute/2") == "compute-a");
    CHECK(name_found("compute/3") == "compute-b");
    CHECK(name_found("bridge/1") == "compute-b");
    for (const auto* text :
         {"compute/0", "compute/4", "compute/", "compute/1x", "compute/-1", "/1"})
        CHECK(name_found(text) == "nobody");
}

TEST_CASE("ctl: two nodes that fit are listed, not guessed", "[ctl]") {
    const auto nodes = five_nodes();
    const auto found = find_node("twin", nodes);
    REQUIRE(found.has_error());
    CHECK(found.error().exit == exit_code::usage);
    CHECK(found.error().message.find("twin (cafe000000), twin (beef000000)") != std::string::npos);

    const std::vector<known_node> near{
        {id_starting("abcd1"), "", {}},
        {id_starting("abcd2"), "", {}}};
    const auto both = find_node("abcd", near);
    REQUIRE(both.has_error());
    CHECK(both.error().message.find("abcd100000, abcd200000") != std::string::npos);
    CHECK(find_node("abcd2", near).value() == &near[1]);
}
