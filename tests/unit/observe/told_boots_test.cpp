// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"
#include "observe/proto/told_boots.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>

using namespace meshhost;
using observe::proto::told_boots;
using observe::proto::told_node;

namespace {

constexpr time_point start{100s};

told_node node(unsigned number) {
    return {fmt::format("{:064x}", number), fmt::format("n{}", number), "1"};
}

telemetry::span part(std::uint32_t trace, std::uint32_t id, std::string name, bool is_root) {
    telemetry::span span;
    for (std::size_t i = 0; i < 4; ++i) {
        span.trace[i] = static_cast<std::uint8_t>(trace >> (8 * i));
        span.id[i] = static_cast<std::uint8_t>(id >> (8 * i));
    }
    if (!is_root) span.parent.fill(9);
    span.name = std::move(name);
    span.started = std::chrono::seconds(trace) + std::chrono::milliseconds(id);
    return span;
}

telemetry::span root(std::uint32_t trace) {
    return part(trace, 1, "mesh.node.ready", true);
}

}  // namespace

TEST_CASE("observe: a start is put together of what comes in any order", "[observe]") {
    told_boots told;
    told.take(node(1), part(5, 3, "mesh.accept.start", false), start);
    told.take(node(1), part(5, 2, "mesh.identity.load", false), start);
    CHECK(told.boots_of(node(1).id).empty());
    told.take(node(1), root(5), start);
    told.take(node(1), root(5), start);  // once more
    auto join = part(6, 1, "mesh.node.join", true);
    join.links.push_back({root(5).trace, root(5).id});
    told.take(node(1), part(6, 2, "mesh.path.establish", false), start);
    told.take(node(1), join, start);
    const auto boots = told.boots_of(node(1).id);
    REQUIRE(boots.size() == 1);
    REQUIRE(boots[0].spans.size() == 3);
    CHECK(boots[0].spans[0].name == "mesh.node.ready");
    CHECK(boots[0].spans[1].name == "mesh.identity.load");
    REQUIRE(boots[0].join.size() == 2);
    CHECK(boots[0].join[0].name == "mesh.node.join");
    CHECK(told.find_boot(to_hex(root(5).trace))->id == node(1).id);
    CHECK(told.find_boot(to_hex(join.trace)) == nullptr);
    CHECK(told.counts().kept == 5);
}

TEST_CASE("observe: what begins a trace of another kind is not kept", "[observe]") {
    told_boots told;
    told.take(node(1), part(1, 1, "mesh.peer.dial", true), start);
    CHECK(told.nodes() == 0);
    CHECK(told.counts().ignored == 1);
}

TEST_CASE("observe: a node has so many starts, and so many traces wait for a root", "[observe]") {
    told_boots told;
    for (std::uint32_t trace = 1; trace <= 10; ++trace)
        told.take(node(1), root(trace), start);
    CHECK(told.boots_of(node(1).id).size() == told_boots::boots_max);
    CHECK(told.boots_of(node(1).id).front().spans.front().started > std::chrono::seconds(10));
    CHECK(told.counts().gave_way == 6);
    for (std::uint32_t trace = 100; trace < 200; ++trace)
        told.take(node(1), part(trace, 2, "x", false), start);
    CHECK(told.counts().gave_way == 6 + 100 - told_boots::waiting_max);
    CHECK(told.boots_of(node(1).id).size() == told_boots::boots_max);
}

TEST_CASE("observe: a trace has so many spans, and its root is one of them", "[observe]") {
    told_boots told;
    for (std::uint32_t id = 2; id < 1000; ++id)
        told.take(node(1), part(1, id, "x", false), start);
    told.take(node(1), root(1), start);
    const auto boots = told.boots_of(node(1).id);
    REQUIRE(boots.size() == 1);
    CHECK(boots[0].spans.size() == told_boots::spans_max);
    CHECK(boots[0].spans[0].name == "mesh.node.ready");
}

TEST_CASE("observe: of too many nodes the one that was silent the longest goes", "[observe]") {
    told_boots told;
    for (unsigned i = 0; i < 1000; ++i) {
        told.take(node(0), root(i + 1), start + std::chrono::seconds(i));
        told.take(node(i), root(1), start + std::chrono::seconds(i));
    }
    CHECK(told.nodes() == told_boots::nodes_max);
    CHECK(told.find(node(0).id) != nullptr);
    CHECK(told.find(node(999).id) != nullptr);
    CHECK(told.find(node(1).id) == nullptr);
}

TEST_CASE("observe: the node that holds most makes room", "[observe]") {
    told_boots told;
    told.take(node(1), root(1), start);
    for (std::uint32_t trace = 1; trace < 200; ++trace)
        for (std::uint32_t id = 1; id <= told_boots::spans_max; ++id) {
            auto span = id == 1 ? root(trace) : part(trace, id, "x", false);
            for (int i = 0; i < 32; ++i)
                span.attributes.push_back({std::string(128, 'k'), std::string(256, 'v')});
            told.take(node(2 + trace % 7), std::move(span), start);
            REQUIRE(told.bytes() <= told_boots::bytes_max);
        }
    CHECK(told.boots_of(node(1).id).size() == 1);
    CHECK(told.bytes() > told_boots::bytes_max / 4);
    told.forget(start + told_boots::kept_for + 1s);
    CHECK(told.bytes() == 0);
    CHECK(told.nodes() == 0);
}

TEST_CASE("observe: what is old goes, what waits for a root goes sooner", "[observe]") {
    told_boots told;
    told.take(node(1), root(1), start);
    told.take(node(2), part(2, 2, "x", false), start);
    told.take(node(3), part(3, 2, "mesh.gossip.publish", true), start);
    told.forget(start + told_boots::waits_for);
    CHECK(told.nodes() == 3);
    told.forget(start + told_boots::waits_for + 1s);
    CHECK(told.nodes() == 2);
    told.forget(start + told_boots::messages_for + 1s);
    CHECK(told.nodes() == 1);
    CHECK(told.boots() == 1);
    told.forget(start + told_boots::kept_for + 1s);
    CHECK(told.nodes() == 0);
    CHECK(told.bytes() == 0);
}

TEST_CASE("observe: the last spans of messages are kept, each once", "[observe]") {
    told_boots told;
    for (std::uint32_t id = 1; id <= 1000; ++id)
        for (int i = 0; i < 2; ++i)
            told.take(node(1), part(1, id, "mesh.gossip.deliver", false), start);
    const auto spans = told.messages_of(node(1).id);
    REQUIRE(spans.size() == told_boots::messages_max);
    CHECK(spans.back().id == part(1, 1000, "", false).id);
    CHECK(told.messages_of(node(2).id).empty());
}
