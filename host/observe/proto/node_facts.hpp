// SPDX-License-Identifier: Apache-2.0
#pragma once
// What of nodes and edges can be asked for, read from schemas/node.json and edge.json. Pure.
#include <boost/json/object.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe::proto {

/// As the dashboard lists them.
inline constexpr std::array<std::string_view, 10> node_states{
    "connecting",
    "joining",
    "alive",
    "degraded",
    "draining",
    "stale",
    "dead",
    "refused",
    "left",
    "unknown"};

struct node_facts {
    std::string id;
    std::string name;
    std::string state;
    std::string tier;     ///< "unknown": it said none
    std::string version;  ///< empty: likewise
    std::string since;    ///< RFC 3339
    std::string started;  ///< RFC 3339; empty: not known
    std::vector<std::string> roles;
    std::vector<std::string> over;
    std::optional<double> cpu;     ///< the share of its budget: 1 is all of it
    std::optional<double> memory;  ///< likewise
    std::size_t neighbors = 0;
};

struct edge_facts {
    std::string kind;
    std::string reason;  ///< empty: not told
    std::string tree;
    std::optional<double> rtt_us;
};

node_facts facts_of_node(const boost::json::object& node);
edge_facts facts_of_edge(const boost::json::object& edge);

}  // namespace meshhost::observe::proto
