// SPDX-License-Identifier: Apache-2.0
#include "ctl/topology.hpp"

#include "ctl/fields.hpp"
#include "ctl/view_parts.hpp"

#include <algorithm>
#include <map>
#include <queue>
#include <tuple>
#include <utility>

namespace meshhost::ctl {

namespace {

topology::node read_node(const boost::json::object& from) {
    return {
        text_in(from, "id"),
        name_of(from),
        text_in(from, "tier"),
        text_in(from, "state"),
        text_in(from, "evidence"),
        texts_in(from, "roles")};
}

using index_by_id = std::map<std::string, std::size_t>;

index_by_id index_nodes(const topology& mesh) {
    index_by_id index;
    for (std::size_t i = 0; i < mesh.nodes.size(); ++i)
        index.emplace(mesh.nodes[i].id, i);
    return index;
}

/// Edges by their ends; one whose mode is known counts more than the same one without.
void read_edges(const boost::json::array& from, const index_by_id& index, topology& mesh) {
    std::map<std::pair<std::size_t, std::size_t>, std::string> modes;
    for (const auto& item : from) {
        if (!item.is_object() || modes.size() >= topology_edges_max) continue;
        const auto& fields = item.get_object();
        const auto a = index.find(text_in(fields, "a"));
        const auto b = index.find(text_in(fields, "b"));
        if (a == index.end() || b == index.end() || a == b) continue;
        auto& mode = modes[std::minmax(a->second, b->second)];
        if (mode.empty()) mode = text_in(fields, "mode");
    }
    for (auto& [ends, mode] : modes)
        mesh.edges.push_back({ends.first, ends.second, std::move(mode)});
}

struct way {
    std::size_t to;
    bool is_lazy;
};

std::vector<std::vector<way>> ways_of(const topology& mesh) {
    std::vector<std::vector<way>> ways(mesh.nodes.size());
    for (const auto& edge : mesh.edges) {
        const bool is_lazy = edge.mode == "lazy";
        ways[edge.a].push_back({edge.b, is_lazy});
        ways[edge.b].push_back({edge.a, is_lazy});
    }
    return ways;
}

}  // namespace

std::size_t topology::count(std::string_view mode) const {
    return static_cast<std::size_t>(std::count_if(edges.begin(), edges.end(), [mode](auto& each) {
        return each.mode == mode;
    }));
}

topology read_topology(const boost::json::object& data) {
    topology mesh;
    for (const auto& item : array_in(data, "nodes"))
        if (item.is_object() && mesh.nodes.size() < topology_nodes_max)
            mesh.nodes.push_back(read_node(item.get_object()));
    std::sort(mesh.nodes.begin(), mesh.nodes.end(), [](const auto& a, const auto& b) {
        return std::tie(a.name, a.id) < std::tie(b.name, b.id);
    });
    const auto index = index_nodes(mesh);
    const auto self = index.find(text_in(data, "seen_by"));
    if (self != index.end()) mesh.seen_by = self->second;
    read_edges(array_in(data, "edges"), index, mesh);
    return mesh;
}

std::size_t natural_root(const topology& mesh) {
    std::vector<std::size_t> degrees(mesh.nodes.size(), 0);
    for (const auto& edge : mesh.edges) {
        ++degrees[edge.a];
        ++degrees[edge.b];
    }
    std::size_t best = topology::npos;
    for (std::size_t i = 0; i < mesh.nodes.size(); ++i) {
        if (mesh.nodes[i].tier != "hub" || degrees[i] == 0) continue;
        if (best == topology::npos || degrees[i] > degrees[best]) best = i;
    }
    if (best != topology::npos) return best;
    return mesh.seen_by != topology::npos ? mesh.seen_by : 0;
}

/// Dijkstra's, with the number of lazy edges as the first part of the cost and the depth as the
/// second. Nodes are numbered by name, so that equal ways are always decided alike.
topology_tree grow_tree(const topology& mesh, std::size_t root) {
    struct step {
        std::size_t lazies;
        std::size_t depth;
        std::size_t node;
        std::size_t parent;
        bool is_lazy;

        bool operator>(const step& other) const {
            return std::tie(lazies, depth, node, parent)
                   > std::tie(other.lazies, other.depth, other.node, other.parent);
        }
    };
    const auto ways = ways_of(mesh);
    topology_tree tree;
    tree.root = root;
    tree.places.resize(mesh.nodes.size());
    std::priority_queue<step, std::vector<step>, std::greater<>> open;
    open.push({0, 0, root, topology::npos, false});
    while (!open.empty()) {
        const auto [lazies, depth, node, parent, is_lazy] = open.top();
        open.pop();
        auto& place = tree.places[node];
        if (place.is_reached) continue;
        place.parent = parent;
        place.depth = depth;
        place.is_reached = true;
        place.is_lazy = is_lazy;
        tree.depth = std::max(tree.depth, depth);
        for (const auto& way : ways[node])
            if (!tree.places[way.to].is_reached)
                open.push({lazies + (way.is_lazy ? 1 : 0), depth + 1, way.to, node, way.is_lazy});
    }
    for (std::size_t i = 0; i < tree.places.size(); ++i)
        if (tree.places[i].parent != topology::npos)
            tree.places[tree.places[i].parent].children.push_back(i);
    return tree;
}

}  // namespace meshhost::ctl
