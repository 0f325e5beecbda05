// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which nodes and edges of the present picture somebody asked for, a page at a time. Each question
// goes over all of it: some ten milliseconds where there are 1,000 nodes. Pure.
#include "observe/proto/node_filter.hpp"
#include "observe/proto/node_order.hpp"
#include "observe/proto/packed_picture.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe::proto {

struct page {
    std::vector<std::string> ids;
    std::size_t total = 0;            ///< of the picture
    std::size_t matched = 0;          ///< by the filter, on all pages
    std::optional<std::string> next;  ///< a cursor; nullopt: this is the last
};

struct node_question {
    node_filter where;
    node_order order;
    std::optional<order_key> after;
    std::size_t limit = 100;
};
page find_nodes(const packed_picture& in, const node_question& asked);

struct edge_question {
    node_filter where;
    std::string after;  ///< an id; empty: from the first
    std::size_t limit = 100;
};
/// In the order of ids.
page find_edges(const packed_picture& in, const edge_question& asked);
/// What goes into `after`; nullopt: it is no cursor.
std::optional<std::string> read_edge_cursor(std::string_view text);

/// nullopt: there is no such node.
std::optional<node_facts> find_facts(const packed_picture& in, std::string_view node);
/// Of each node that has some.
using edges_by_node = std::map<std::string, std::vector<edge_facts>, std::less<>>;
edges_by_node read_edges_by_node(const packed_picture& in);

/// The ids of all nodes that the filter lets through.
std::set<std::string> matching_nodes(const packed_picture& in, const node_filter& where);

}  // namespace meshhost::observe::proto
