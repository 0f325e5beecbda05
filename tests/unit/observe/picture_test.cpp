// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/packed_picture.hpp"
#include "observe/proto/picture_changes.hpp"
#include "support/catch.hpp"
#include "unit/observe/told_picture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <random>

using namespace meshhost;
using namespace meshhost::observe::proto;
using test::picture;

namespace json = boost::json;

namespace {

picture random_picture(std::mt19937& random) {
    const auto draw = [&](unsigned below) { return static_cast<std::int64_t>(random() % below); };
    picture made;
    made.mesh = {{"neighbors", draw(3)}};
    for (int i = 0; i < 8; ++i) {
        const auto id = std::to_string(i);
        if (draw(4) > 0)
            made.nodes[id] = {{"id", id}, {"state", draw(3)}, {"usage", {{"cpu", draw(2)}}}};
        if (draw(2) > 0) made.edges[id + "|x"] = {{"id", id + "|x"}, {"rtt_us", draw(4)}};
    }
    return made;
}

packed_picture packed(const picture& one) {
    packed_picture made;
    made.begin();
    test::tell(one, made);
    made.finish();
    return made;
}

/// What lies over `before`: its members afterwards.
std::string laid_over(const packed_picture& before, const picture_changes& changes) {
    std::string lines;
    write_lines(before, [&](std::string_view piece) { lines += piece; });
    std::string out;
    const text_taker take = [&](std::string_view piece) { out += piece; };
    picture_overlay overlay(changes, take);
    for (std::size_t begin = 0, end = 0; begin < lines.size(); begin = end + 1) {
        end = lines.find('\n', begin);
        overlay.line(std::string_view(lines).substr(begin, end - begin));
    }
    overlay.finish();
    return out;
}

}  // namespace

TEST_CASE("observe: what differs, put together, leads from any picture to any other", "[observe]") {
    std::mt19937 random(7);
    for (int round = 0; round < 60; ++round) {
        const auto first = random_picture(random);
        const auto before = packed(first);
        packed_picture now;
        now.begin();
        test::tell(first, now);
        now.finish();
        picture_changes changes;
        for (int step = 0; step < 12; ++step) {
            const auto next = random_picture(random);
            now.begin();
            test::tell(next, now);
            changes.add(json::parse("[" + now.finish().ops.take() + "]").as_array());
            REQUIRE(now.members() == packed(next).members());
            REQUIRE(laid_over(before, changes) == now.members());
        }
    }
}

TEST_CASE("observe: a picture that is told again has not changed", "[observe]") {
    std::mt19937 random(8);
    const auto one = random_picture(random);
    auto now = packed(one);
    now.begin();
    test::tell(one, now);
    const auto told = now.finish();
    CHECK(told.ops.empty());
    CHECK(told.links.empty());
}

TEST_CASE("observe: only the fields that changed are told", "[observe]") {
    packed_picture packed;
    const auto changes_to = [&](const picture& next) {
        packed.begin();
        test::tell(next, packed);
        return packed.finish();
    };
    picture from;
    from.nodes["a"] = {{"id", "a"}, {"state", "alive"}, {"name", "x"}};
    from.edges["a|b"] = {{"id", "a|b"}};
    picture to = from;
    to.nodes["a"]["state"] = "stale";
    CHECK(
        changes_to(from).ops.take()
        == R"(["n+",{"id":"a","state":"alive","name":"x"}],["e+",{"id":"a|b"}])"
    );
    CHECK(changes_to(to).ops.take() == R"(["n~","a",{"state":"stale"}])");
    auto end = changes_to({});
    CHECK(end.ops.take() == R"(["e-","a|b",{}],["n-","a",{}])");
    CHECK(end.gone == std::vector<std::string>{"a"});
}

TEST_CASE("observe: ops that are not known, or of what is not there, change nothing", "[observe]") {
    picture one;
    one.nodes["a"] = {{"id", "a"}, {"state", "alive"}};
    const auto before = packed(one);
    picture_changes changes;
    changes.add(json::parse(
                    R"([["n~","b",{"state":"dead"}],["e-","z"],["q+",{"id":"c"}],["n+",{"state":1}],
                ["n~","a"],["n+","a"],["ev",{"seq":1}],[],["n-"],7,["m~",3],[1,2]])"
    )
                    .as_array());
    CHECK(laid_over(before, changes) == before.members());
}

TEST_CASE("observe: links are told of when the way to them is another", "[observe]") {
    packed_picture now;
    const auto links = [&](std::initializer_list<boost::json::object> edges) {
        picture next;
        for (const auto& each : edges)
            next.edges[std::string(each.at("id").as_string())] = each;
        now.begin();
        test::tell(next, now);
        std::string text;
        for (const auto& each : now.finish().links)
            text += fmt::format("{}:{}/{} ", each.id, each.kind, each.reason);
        return text;
    };
    const json::object x{{"id", "x"}, {"kind", "direct"}, {"reason", "lan"}, {"rtt_us", 1}};
    auto y = x;
    y["id"] = "y";
    CHECK(links({x, y}) == "x:direct/lan y:direct/lan ");
    auto slower = x;
    slower["rtt_us"] = 2;
    CHECK(links({slower, y}).empty());
    auto relayed = slower;
    relayed["kind"] = "relayed";
    CHECK(links({relayed, y}) == "x:relayed/lan ");
    relayed["reason"] = nullptr;
    CHECK(links({relayed, y}) == "x:relayed/ ");
    CHECK(links({y}) == "x:/ ");
}

TEST_CASE("observe: ids take three bytes, and nothing else changes", "[observe]") {
    short_ids ids;
    const std::string a(64, 'a');
    const std::string b = a.substr(0, 63) + "0";
    const std::string text = R"({"id":")" + a + "|" + b + R"(","x":")" + a + "0" + R"(","y":")"
                             + a.substr(1) + R"(","z":")" + a + "\"}";
    const auto kept = ids.shorten(text);
    CHECK(ids.size() == 2);
    CHECK(kept.size() == text.size() - 3 * (64 - 3));
    CHECK(ids.lengthen(kept) == text);
    for (std::size_t i = 0; i < 2 * short_ids::ids_max; ++i) {
        const auto id = fmt::format("{:064x}", i * 7919);
        REQUIRE(ids.lengthen(ids.shorten(id + "-" + a)) == id + "-" + a);
    }
    CHECK(ids.size() == short_ids::ids_max);
    CHECK(ids.lengthen("").empty());
}

TEST_CASE("observe: a text of many pieces is the text", "[observe]") {
    text_pieces pieces;
    CHECK(pieces.take("<", ">") == "<>");
    std::string whole;
    for (std::size_t i = 0; i < 3000; ++i) {
        const std::string text(i % 997, static_cast<char>('a' + i % 26));
        pieces.add(text);
        whole += text;
        REQUIRE(pieces.size() == whole.size());
    }
    CHECK(pieces.take("[", "]") == "[" + whole + "]");
    CHECK(pieces.empty());
    CHECK(pieces.take().empty());
}
