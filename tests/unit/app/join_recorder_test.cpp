// SPDX-License-Identifier: Apache-2.0
#include "app/join_recorder.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using app::join_recorder;

namespace {

constexpr time_point start{1s};
constexpr duration wall = 1'700'000'000s;

join_recorder joining(std::size_t seeds) {
    join_recorder join;
    telemetry::span_link boot;
    boot.trace.fill(7);
    boot.span.fill(8);
    join.begin({.seeds = seeds, .neighbors = 3, .seed = 5, .start = boot}, start, wall);
    return join;
}

const join_recorder::neighbor somebody{"aa", "direct", "lan"};

}  // namespace

TEST_CASE("join: ends when the view is full, at its last neighbour", "[app]") {
    auto join = joining(1);
    join.on_neighbor(somebody, start + 10ms);
    CHECK_FALSE(join.look(start + 1s));
    join.on_neighbor(somebody, start + 20ms);
    join.on_neighbor(somebody, start + 30ms);
    REQUIRE(join.look(start + 2s));
    CHECK_FALSE(join.look(start + 3s));
    const auto& spans = join.spans();
    REQUIRE(spans.size() == 4);
    CHECK(spans[0].name == "mesh.node.join");
    CHECK(spans[0].started == wall);
    CHECK(spans[0].length == 30ms);
    CHECK(spans[0].is_ok);
    REQUIRE(spans[0].links.size() == 1);
    CHECK(spans[0].links[0].trace.front() == 7);
    CHECK(spans[0].trace != spans[0].links[0].trace);
    for (std::size_t i = 1; i < 4; ++i) {
        CHECK(spans[i].name == "mesh.path.establish");
        CHECK(spans[i].parent == spans[0].id);
        CHECK(spans[i].trace == spans[0].trace);
        CHECK(spans[i].length == 10ms * static_cast<int>(i));
    }
    CHECK(spans[1].id != spans[2].id);
}

TEST_CASE("join: a small mesh is joined when nobody else comes", "[app]") {
    auto join = joining(1);
    join.on_neighbor(somebody, start + 10ms);
    CHECK_FALSE(join.look(start + 10ms + join_recorder::quiet - 1ms));
    CHECK(join.look(start + 10ms + join_recorder::quiet));
    CHECK(join.spans().front().length == 10ms);
}

TEST_CASE("join: seeds that never answer are told, none is nothing to tell", "[app]") {
    auto join = joining(2);
    CHECK_FALSE(join.look(start + 59s));
    REQUIRE(join.look(start + 60s));
    CHECK_FALSE(join.spans().front().is_ok);
    CHECK(join.spans().front().message == "no neighbour was found");
    auto alone = joining(0);
    CHECK_FALSE(alone.look(start + 60s));
    CHECK(alone.spans().empty());
    alone.on_neighbor(somebody, start + 70s);
    CHECK_FALSE(alone.look(start + 90s));
}

TEST_CASE("join: who has no seeds begins with the first that comes", "[app]") {
    auto join = joining(0);
    join.on_neighbor(somebody, start + 20s);
    join.on_neighbor(somebody, start + 21s);
    REQUIRE(join.look(start + 30s));
    CHECK(join.spans().front().started == wall + 20s);
    CHECK(join.spans().front().length == 1s);
}

TEST_CASE("join: a crowd of neighbours is bounded", "[app]") {
    auto join = joining(1);
    for (int i = 0; i < 1000; ++i)
        join.on_neighbor(somebody, start + 10ms);
    CHECK(join.spans().size() == join_recorder::neighbors_max + 1);
}
