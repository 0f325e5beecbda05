// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/node_filter.hpp"
#include "support/catch.hpp"
#include "unit/observe/contract_file.hpp"

#include <stdexcept>

using namespace meshhost;
using namespace meshhost::observe::proto;

namespace json = boost::json;

namespace {

std::vector<std::string> texts_of(const json::value& list) {
    std::vector<std::string> all;
    for (const auto& each : list.as_array())
        all.emplace_back(each.as_string());
    return all;
}

struct mesh {
    explicit mesh(const json::object& table) {
        for (const auto& each : table.at("nodes").as_array())
            nodes.push_back(facts_of_node(each.as_object()));
        for (const auto& each : table.at("edges").as_array())
            edges.push_back(each.as_object());
    }
    std::vector<edge_facts> edges_of(const std::string& id) const {
        std::vector<edge_facts> all;
        for (const auto& each : edges)
            if (each.at("a") == json::value(id) || each.at("b") == json::value(id))
                all.push_back(facts_of_edge(each));
        return all;
    }
    const node_facts& at(const json::value& id) const {
        for (const auto& each : nodes)
            if (id == json::value(each.id)) return each;
        throw std::out_of_range("no such node");
    }
    std::vector<std::string> matching_nodes(const node_filter& where) const {
        std::vector<std::string> names;
        for (const auto& each : nodes)
            if (where.matches(each, edges_of(each.id))) names.push_back(each.name);
        return names;
    }
    std::vector<std::string> matching_edges(const node_filter& where) const {
        std::vector<std::string> ids;
        for (const auto& each : edges)
            if (where.matches(facts_of_edge(each), at(each.at("a")), at(each.at("b"))))
                ids.emplace_back(each.at("id").as_string());
        return ids;
    }

    std::vector<node_facts> nodes;
    std::vector<json::object> edges;
};

}  // namespace

TEST_CASE("observe: the filter is the dashboard's, case by case", "[observe]") {
    const auto table = test::read_contract("node_filter.json");
    const mesh all(table);
    REQUIRE(table.at("cases").as_array().size() > 100);
    for (const auto& each : table.at("cases").as_array()) {
        const auto text = std::string(each.at("filter").as_string());
        CAPTURE(text);
        const node_filter where(text);
        CHECK(where.errors() == texts_of(each.at("errors")));
        CHECK(all.matching_nodes(where) == texts_of(each.at("nodes")));
        CHECK(all.matching_edges(where) == texts_of(each.at("edges")));
    }
}

TEST_CASE("observe: only a filter that is about them needs a node's edges", "[observe]") {
    CHECK_FALSE(node_filter("state:alive cpu>5 name~x -y").asks_edges());
    for (const char* text : {"path:direct", "-reason:lan", "x tree:lazy", "rtt>1"})
        CHECK(node_filter(text).asks_edges());
    CHECK(node_filter(" \"\" ").is_empty());
}
