// SPDX-License-Identifier: Apache-2.0
#include "ctl/topology.hpp"
#include "ctl/view_topology.hpp"
#include "ctl_fixture.hpp"

#include <fmt/format.h>

using namespace meshhost;
using test::json;
using test::screen;

namespace {

/// Two hubs; e is stale, f has no edge, d hangs on a lazy edge only.
constexpr const char* small_mesh = R"({"seen_by":"b1","nodes":[
    {"id":"a1","name":"broker-01","tier":"hub","state":"alive","roles":["broker"]},
    {"id":"b1","name":"gateway-01","tier":"hub","state":"alive","roles":["gateway"]},
    {"id":"c1","name":"compute-01","tier":"leaf","state":"alive"},
    {"id":"c2","name":"compute-02","tier":"leaf","state":"alive"},
    {"id":"d1","name":"compute-03","tier":"leaf","state":"alive"},
    {"id":"e1","name":"compute-04","tier":"leaf","state":"stale",
     "evidence":"2 of 4 neighbours lost it 6 s ago"},
    {"id":"f1","name":null,"tier":null,"state":"dead","evidence":"went silent"}],
  "edges":[
    {"a":"a1","b":"b1","mode":"eager"},{"a":"a1","b":"c1","mode":""},
    {"a":"c2","b":"a1","mode":""},{"a":"b1","b":"e1","mode":"eager"},
    {"a":"b1","b":"d1","mode":"lazy"},{"a":"c1","b":"c2","mode":""}]})";

std::string tree(std::string_view data, bool unicode, std::size_t width = 80) {
    ctl::console_style style;
    style.unicode = unicode;
    const screen here(style);
    const auto mesh = ctl::read_topology(json(data));
    const auto grown = ctl::grow_tree(mesh, ctl::natural_root(mesh));
    return ctl::tree_text(mesh, grown, width, here.console);
}

/// Whether `text` follows the grammar of the DOT language, as far as we use it: quoted strings are
/// skipped whole, and between them there are only words that we wrote.
bool is_well_formed_dot(std::string_view text) {
    std::string rest;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '"') {
            rest += text[i];
            continue;
        }
        for (++i; i < text.size() && text[i] != '"'; ++i)
            if (text[i] == '\\') ++i;
        if (i >= text.size()) return false;
        rest += 'Q';
    }
    return rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ =[],;{}-\n")
           == std::string::npos;
}

}  // namespace

TEST_CASE("ctl: a mesh is a tree from its busiest hub", "[ctl]") {
    CHECK(
        tree(small_mesh, true)
        == "⬢ broker-01\n"
           "├─ ⬢ gateway-01 (here)\n"
           "│  ├─ compute-04 ◐ stale: 2 of 4 neighbours lost it 6 s ago\n"
           "│  └─ compute-03 (lazy)\n"
           "└─ compute-01  compute-02\n"
           "apart from it:\n"
           "   f1 ✕ dead: went silent\n"
           "7 nodes, depth 2, 6 edges: 2 eager, 1 lazy, 3 between others; as seen by gateway-01\n"
    );
}

TEST_CASE("ctl: a tree can do without Unicode, and keeps to its width", "[ctl]") {
    const auto narrow = tree(small_mesh, false, 20);
    CHECK(narrow.starts_with("# broker-01\n|- # gateway-01 (here)\n|  |- compute-04 ~ stale: "));
    CHECK(narrow.find("|- compute-01\n`- compute-02\n") != std::string::npos);
}

TEST_CASE("ctl: without a hub the tree grows from the host that was asked", "[ctl]") {
    const auto text = tree(
        R"({"seen_by":"b","nodes":[{"id":"a","name":"one","state":"alive"},
            {"id":"b","name":"two","state":"alive"}],"edges":[{"a":"a","b":"b","mode":"eager"}]})",
        true
    );
    CHECK(text.starts_with("two (here)\n└─ one\n"));
}

TEST_CASE("ctl: an eager way is taken, even when it is longer than a lazy one", "[ctl]") {
    const auto mesh = ctl::read_topology(json(R"({"seen_by":"a","nodes":[
        {"id":"a","name":"a"},{"id":"b","name":"b"},{"id":"c","name":"c"}],"edges":[
        {"a":"a","b":"c","mode":"lazy"},{"a":"a","b":"b","mode":"eager"},
        {"a":"b","b":"c","mode":""}]})"));
    const auto grown = ctl::grow_tree(mesh, 0);
    CHECK(grown.places[2].parent == 1);
    CHECK_FALSE(grown.places[2].is_lazy);
    CHECK(grown.depth == 2);
}

TEST_CASE(
    "ctl: edges that do not fit the nodes are left out, and double ones counted once",
    "[ctl]"
) {
    const auto mesh = ctl::read_topology(json(R"({"nodes":[{"id":"a"},{"id":"b"},7],"edges":[
        {"a":"a","b":"b","mode":""},{"a":"b","b":"a","mode":"lazy"},{"a":"a","b":"a"},
        {"a":"a","b":"nobody"},{},"x"]})"));
    CHECK(mesh.nodes.size() == 2);
    REQUIRE(mesh.edges.size() == 1);
    CHECK(mesh.edges.front().mode == "lazy");
    CHECK(mesh.seen_by == ctl::topology::npos);
    CHECK(ctl::read_topology({}).is_empty());
}

TEST_CASE("ctl: a chain of thousands ends where it is no use as a tree", "[ctl]") {
    boost::json::array nodes;
    boost::json::array edges;
    for (int i = 0; i < 5000; ++i) {
        nodes.push_back({{"id", fmt::format("{:04}", i)}, {"state", "alive"}});
        if (i > 0)
            edges.push_back({{"a", fmt::format("{:04}", i - 1)}, {"b", fmt::format("{:04}", i)}});
    }
    const boost::json::object data{{"nodes", nodes}, {"edges", edges}};
    const screen here;
    const auto mesh = ctl::read_topology(data);
    const auto text = ctl::tree_text(mesh, ctl::grow_tree(mesh, 0), 80, here.console);
    CHECK(text.find("... deeper than 64 levels\n") != std::string::npos);
    CHECK(text.find("5000 nodes, depth 4999") != std::string::npos);
}

TEST_CASE("ctl: nothing in a name is part of the graph", "[ctl]") {
    const auto mesh = ctl::read_topology(json(R"({"seen_by":"a1","nodes":[
        {"id":"a1","name":"x\"]; evil [label=\"","state":"alive","tier":"hub","roles":["r\\"]},
        {"id":"b1","name":"back\\","state":"dead\n"}],
        "edges":[{"a":"a1","b":"b1","mode":"lazy"}]})"));
    const auto text = ctl::dot_text(mesh);
    CHECK(is_well_formed_dot(text));
    CHECK(
        text
        == "graph mesh {\n"
           "  node [shape=box];\n"
           "  \"b1\" [label=\"back\\\\\", tooltip=\", dead?\", color=orange];\n"
           "  \"a1\" [label=\"x\\\"]; evil [label=\\\"\", tooltip=\"r\\\\, alive\","
           " color=darkgreen, shape=hexagon];\n"
           "  \"b1\" -- \"a1\" [style=dashed];\n"
           "}\n"
    );
    CHECK_FALSE(is_well_formed_dot("\"open"));
    CHECK_FALSE(is_well_formed_dot("\"x\"\"; <b>"));
}
