// SPDX-License-Identifier: Apache-2.0
#include "sim/overlay_picture.hpp"

#include "plot/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace meshhost::sim {
namespace {

using namespace plot;

constexpr double side = 760;
constexpr double margin = 40;
constexpr std::string_view eager_colour = "#0072b2";
constexpr std::string_view lazy_colour = "#e6e6e6";
constexpr std::string_view node_colour = "#222222";
constexpr std::string_view lost_colour = "#d55e00";
constexpr std::uint32_t unreached = std::numeric_limits<std::uint32_t>::max();

/// How everybody is reached from the middle, over eager links where there are any.
struct tree {
    std::vector<std::uint32_t> ring;  ///< hops from the middle; or unreached
    std::vector<node_index> order;    ///< as found: parents before children
    std::vector<std::vector<node_index>> children;
    std::uint32_t rings = 0;
};

void grow(const overlay& mesh, tree& found, bool eager_only) {
    for (std::size_t next = 0; next < found.order.size(); ++next) {
        const node_index at = found.order[next];
        for (const overlay_entry& entry : mesh.views[at]) {
            if ((eager_only && !entry.eager) || !mesh.live[entry.to]) continue;
            if (found.ring[entry.to] != unreached) continue;
            found.ring[entry.to] = found.ring[at] + 1;
            found.rings = std::max(found.rings, found.ring[entry.to]);
            found.children[at].push_back(entry.to);
            found.order.push_back(entry.to);
        }
    }
}

tree grow_tree(const overlay& mesh, node_index middle) {
    tree found;
    found.ring.resize(mesh.live.size(), unreached);
    found.children.resize(mesh.live.size());
    found.ring[middle] = 0;
    found.order.push_back(middle);
    grow(mesh, found, true);
    grow(mesh, found, false);
    return found;
}

/// Each child gets a part of its parent's angle, as large as its share of the leaves.
std::vector<double> angles_of(const tree& found, node_index middle) {
    std::vector<double> leaves(found.ring.size(), 0);
    for (auto at = found.order.rbegin(); at != found.order.rend(); ++at) {
        for (const node_index child : found.children[*at])
            leaves[*at] += leaves[child];
        leaves[*at] = std::max(leaves[*at], 1.0);
    }
    std::vector<double> begin(found.ring.size(), 0);
    std::vector<double> width(found.ring.size(), 0);
    width[middle] = 2 * std::numbers::pi;
    for (const node_index at : found.order) {
        double from = begin[at];
        for (const node_index child : found.children[at]) {
            begin[child] = from;
            width[child] = width[at] * leaves[child] / leaves[at];
            from += width[child];
        }
    }
    std::vector<double> centre(found.ring.size(), 0);
    for (std::size_t node = 0; node < centre.size(); ++node)
        centre[node] = begin[node] + width[node] / 2;
    return centre;
}

std::vector<point> places_of(const overlay& mesh, const tree& found, node_index middle) {
    const std::vector<double> angle = angles_of(found, middle);
    const double step = (side / 2 - margin) / (found.rings + 1);
    std::vector<point> places(mesh.live.size());
    for (node_index node = 0; node < mesh.live.size(); ++node) {
        const bool lost = found.ring[node] == unreached;
        const double radius = step * (lost ? found.rings + 1 : found.ring[node]);
        const double turn =
            lost ? node * 2 * std::numbers::pi / static_cast<double>(places.size()) : angle[node];
        places[node] = {side / 2 + radius * std::cos(turn), side / 2 + radius * std::sin(turn)};
    }
    return places;
}

void draw_links(svg& picture, const overlay& mesh, const std::vector<point>& places, bool eager) {
    const double width = eager ? 1.2 : 0.6;
    for (node_index node = 0; node < mesh.live.size(); ++node) {
        for (const overlay_entry& entry : mesh.views[node]) {
            if (entry.eager != eager || !mesh.live[entry.to]) continue;
            const auto colour = eager ? eager_colour : lazy_colour;
            picture.line(places[node], places[entry.to], colour, width);
        }
    }
}

}  // namespace

std::string draw_overlay(const overlay& mesh, node_index middle, std::string_view title) {
    const tree found = grow_tree(mesh, middle);
    const std::vector<point> places = places_of(mesh, found, middle);
    const double radius = mesh.live.size() > 2'000 ? 1.2 : mesh.live.size() > 200 ? 2.2 : 4;

    svg picture(side, side);
    draw_links(picture, mesh, places, false);
    draw_links(picture, mesh, places, true);
    for (node_index node = 0; node < mesh.live.size(); ++node) {
        if (!mesh.live[node]) continue;
        const bool lost = found.ring[node] == unreached;
        picture.circle(
            places[node],
            node == middle ? 2 * radius : radius,
            lost ? lost_colour : node_colour
        );
    }
    picture.text({16, 24}, title, svg::anchor::start, 14);
    picture.text({16, side - 14}, fmt::format("{} rings; dark: eager, pale: lazy", found.rings));
    return std::move(picture).finish();
}

}  // namespace meshhost::sim
