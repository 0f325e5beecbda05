// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/picture.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

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
    return json::serialize(to_json(one));
}

}  // namespace

TEST_CASE("observe: what differs, applied, leads from any picture to any other", "[observe]") {
    std::mt19937 random(7);
    picture followed = random_picture(random);
    picture now = followed;
    for (int step = 0; step < 500; ++step) {
        const picture next = random_picture(random);
        const auto ops = json::parse(json::serialize(differences(now, next))).as_array();
        apply(followed, ops);
        now = next;
        REQUIRE(text_of(followed) == text_of(now));
    }
    CHECK(differences(now, now).empty());
}

TEST_CASE("observe: only the fields that changed are told", "[observe]") {
    picture from;
    from.nodes["a"] = {{"id", "a"}, {"state", "alive"}, {"name", "x"}};
    picture to = from;
    to.nodes["a"]["state"] = "stale";
    CHECK(json::serialize(differences(from, to)) == R"([["n~","a",{"state":"stale"}]])");
    CHECK(json::serialize(differences(to, {})) == R"([["n-","a",{}]])");
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
