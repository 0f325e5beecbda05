// SPDX-License-Identifier: Apache-2.0
#include "sim/overlay.hpp"
#include "support/catch.hpp"

namespace meshhost::sim {
namespace {

overlay of_nodes(std::size_t count) {
    overlay mesh;
    mesh.live.resize(count, true);
    mesh.views.resize(count);
    return mesh;
}

void link(overlay& mesh, node_index a, node_index b) {
    mesh.views[a].push_back({b, true});
    mesh.views[b].push_back({a, true});
}

TEST_CASE("overlay: parts are counted over links that both ends know", "[sim]") {
    overlay mesh = of_nodes(5);
    link(mesh, 0, 1);
    link(mesh, 1, 2);
    link(mesh, 3, 4);
    mesh.views[2].push_back({3, true});  // 3 does not know of it

    const overlay_summary summary = summary_of(mesh);
    CHECK(summary.components == 2);
    CHECK(summary.outside == 2);
    CHECK(summary.one_sided == 1);
    CHECK(summary.degree_mean == Approx(7.0 / 5));
    CHECK(summary.degree_max == 2);
    CHECK(summary.degrees == std::vector<std::uint32_t>{0, 3, 2});
}

TEST_CASE("overlay: dead nodes neither count nor connect", "[sim]") {
    overlay mesh = of_nodes(3);
    link(mesh, 0, 1);
    link(mesh, 1, 2);
    mesh.live[1] = false;
    mesh.views[1].clear();

    const overlay_summary summary = summary_of(mesh);
    CHECK(summary.live == 2);
    CHECK(summary.components == 2);
    CHECK(summary.one_sided == 0);
}

TEST_CASE("overlay: nobody at all has a summary, too", "[sim]") {
    const overlay_summary summary = summary_of(of_nodes(0));
    CHECK(summary.components == 0);
    CHECK(summary.degree_min == 0);
}

}  // namespace
}  // namespace meshhost::sim
