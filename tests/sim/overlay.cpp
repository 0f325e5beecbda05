// SPDX-License-Identifier: Apache-2.0
#include "sim/overlay.hpp"

#include <algorithm>
#include <limits>

namespace meshhost::sim {
namespace {

constexpr std::uint32_t no_component = std::numeric_limits<std::uint32_t>::max();

/// Gives `number` to everybody whom `start` reaches. Returns how many those are.
std::uint32_t flood(
    const overlay& mesh,
    node_index start,
    std::uint32_t number,
    std::vector<std::uint32_t>& of
) {
    std::vector<node_index> open{start};
    std::uint32_t reached = 0;
    of[start] = number;
    while (!open.empty()) {
        const node_index at = open.back();
        open.pop_back();
        ++reached;
        for (const overlay_entry& entry : mesh.views[at]) {
            if (!mesh.live[entry.to] || of[entry.to] != no_component) continue;
            if (!mesh.knows(entry.to, at)) continue;
            of[entry.to] = number;
            open.push_back(entry.to);
        }
    }
    return reached;
}

void count_degrees(const overlay& mesh, overlay_summary& summary) {
    std::uint64_t entries = 0;
    summary.degree_min = std::numeric_limits<std::uint32_t>::max();
    for (node_index node = 0; node < mesh.live.size(); ++node) {
        if (!mesh.live[node]) continue;
        const auto degree = static_cast<std::uint32_t>(mesh.views[node].size());
        ++summary.live;
        entries += degree;
        summary.degree_min = std::min(summary.degree_min, degree);
        summary.degree_max = std::max(summary.degree_max, degree);
        if (summary.degrees.size() <= degree) summary.degrees.resize(degree + 1);
        ++summary.degrees[degree];
        for (const overlay_entry& entry : mesh.views[node])
            summary.one_sided += mesh.live[entry.to] && !mesh.knows(entry.to, node) ? 1 : 0;
    }
    if (summary.live == 0)
        summary.degree_min = 0;
    else
        summary.degree_mean = static_cast<double>(entries) / summary.live;
}

void count_components(const overlay& mesh, overlay_summary& summary) {
    std::vector<std::uint32_t> component(mesh.live.size(), no_component);
    std::uint32_t largest = 0;
    for (node_index node = 0; node < mesh.live.size(); ++node) {
        if (!mesh.live[node] || component[node] != no_component) continue;
        largest = std::max(largest, flood(mesh, node, summary.components, component));
        ++summary.components;
    }
    summary.outside = summary.live - largest;
}

}  // namespace

bool overlay::knows(node_index from, node_index to) const noexcept {
    const auto& view = views[from];
    return std::any_of(view.begin(), view.end(), [to](const overlay_entry& entry) {
        return entry.to == to;
    });
}

overlay_summary summary_of(const overlay& mesh) {
    overlay_summary summary;
    count_degrees(mesh, summary);
    count_components(mesh, summary);
    return summary;
}

}  // namespace meshhost::sim
