// SPDX-License-Identifier: Apache-2.0
#include "ctl/trace_model.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

using namespace meshhost;
using namespace meshhost::ctl;

namespace {

boost::json::object line_of(
    const std::string& node,
    const std::string& trace,
    const std::string& span,
    const std::string& parent,
    std::int64_t at_us
) {
    return {
        {"id", node + "0123456789abcdef"},
        {"name", node},
        {"spans",
         {{{"trace", trace},
           {"span", span},
           {"parent", parent.empty() ? boost::json::value() : boost::json::value(parent)},
           {"name", parent.empty() ? "mesh.gossip.publish" : "mesh.gossip.deliver"},
           {"started_unix_us", 1'000'000 + at_us},
           {"attributes", {{"mesh.topic", "mesh/digest"}, {"mesh.message.size", 256}}}}}}};
}

}  // namespace

TEST_CASE("trace: what every host says makes a tree", "[ctl]") {
    trace_gatherer all;
    all.add(line_of("c", "t1", "s3", "s2", 3000));
    all.add(line_of("b", "t1", "s2", "s1", 1000));
    all.add(line_of("a", "t1", "s1", "", 0));
    all.add(line_of("d", "t1", "s4", "s1", 500));
    const auto traces = all.traces();
    REQUIRE(traces.size() == 1);
    const auto& one = traces.front();
    CHECK(one.origin == "a");
    CHECK(one.topic == "mesh/digest");
    CHECK(one.size == 256);
    CHECK(one.delivered() == 3);
    CHECK(one.depth() == 2);
    CHECK(one.reached(0.5) == 1ms);
    CHECK(one.reached(1) == 3ms);
    std::string order;
    for (const auto& hop : one.hops)
        order += fmt::format("{}{} ", hop.node, hop.depth);
    CHECK(order == "a0 d1 b1 c2 ");
}

TEST_CASE("trace: hosts that do not answer leave holes, not lies", "[ctl]") {
    trace_gatherer all;
    all.add({{"id", "ff"}, {"name", "b"}, {"error", {{"message", "silent"}}}});
    all.add(line_of("a", "t1", "s1", "", 0));
    all.add(line_of("c", "t1", "s3", "s2", 3000));
    all.add(line_of("d", "t1", "s4", "s3", 4000));
    const auto one = all.traces().front();
    REQUIRE(one.hops.size() == 3);
    CHECK(one.hops[1].is_lost);
    CHECK(one.hops[1].depth == 1);
    CHECK_FALSE(one.hops[2].is_lost);
    CHECK(all.silent().at("b") == "silent");

    trace_gatherer headless;
    headless.add(line_of("c", "t2", "s3", "s2", 3000));
    CHECK(headless.traces().front().origin.empty());
    CHECK(headless.traces().front().delivered() == 1);
}

TEST_CASE("trace: spans that go in circles are told once", "[ctl]") {
    trace_gatherer all;
    all.add(line_of("a", "t1", "s1", "s2", 0));
    all.add(line_of("b", "t1", "s2", "s1", 10));
    all.add(line_of("c", "t1", "s3", "s3", 20));
    CHECK(all.traces().front().hops.size() == 3);
    all.add({{"spans", {7, "x", {{"trace", 3}}}}});
    CHECK(all.traces().size() == 2);
}

TEST_CASE("trace: the newest first, found by their first digits", "[ctl]") {
    trace_gatherer all;
    all.add(line_of("a", "aabb", "s1", "", 0));
    all.add(line_of("a", "aacc", "s1", "", 50));
    const auto traces = all.traces();
    CHECK(traces.front().id == "aacc");
    CHECK(find_trace(traces, "aab") == &traces.back());
    CHECK(find_trace(traces, "aa") == nullptr);
    CHECK(find_trace(traces, "") == nullptr);
}
