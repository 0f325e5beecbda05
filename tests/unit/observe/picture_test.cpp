// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/packed_picture.hpp"
#include "support/catch.hpp"
#include "unit/observe/told_picture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <random>

using namespace meshhost;
using namespace meshhost::observe::proto;

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

std::string text_of(const picture& one) {
    packed_picture packed;
    packed.begin();
    test::tell(one, packed);
    return packed.members();
}

}  // namespace

TEST_CASE("observe: what differs, applied, leads from any picture to any other", "[observe]") {
    std::mt19937 random(7);
    picture followed = random_picture(random);
    packed_picture packed;
    packed.begin();
    test::tell(followed, packed);
    packed.finish();
    for (int step = 0; step < 500; ++step) {
        const picture next = random_picture(random);
        packed.begin();
        test::tell(next, packed);
        const auto told = packed.finish();
        apply(followed, json::parse("[" + told.ops + "]").as_array());
        REQUIRE(text_of(followed) == text_of(next));
        REQUIRE(packed.members() == text_of(next));
    }
    packed.begin();
    test::tell(followed, packed);
    CHECK(packed.finish().ops.empty());
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
        changes_to(from).ops
        == R"(["n+",{"id":"a","state":"alive","name":"x"}],["e+",{"id":"a|b"}])"
    );
    CHECK(changes_to(to).ops == R"(["n~","a",{"state":"stale"}])");
    const auto end = changes_to({});
    CHECK(end.ops == R"(["e-","a|b",{}],["n-","a",{}])");
    CHECK(end.gone == std::vector<std::string>{"a"});
}

TEST_CASE("observe: ops that are not known, or of what is not there, change nothing", "[observe]") {
    picture one;
    one.nodes["a"] = {{"id", "a"}, {"state", "alive"}};
    const auto before = text_of(one);
    apply(
        one,
        json::parse(
            R"([["n~","b",{"state":"dead"}],["e-","z"],["q+",{"id":"c"}],["n+",{"state":1}],
                ["n~","a"],["n+","a"],["ev",{"seq":1}],[],["n-"],7,["m~",3],[1,2]])"
        )
            .as_array()
    );
    CHECK(text_of(one) == before);
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
