// SPDX-License-Identifier: Apache-2.0
#include "lab/model/mesh_view.hpp"
#include "support/catch.hpp"
#include "unit/lab/views.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using namespace meshhost::lab::model;

TEST_CASE("mesh view: a status tells the peers, since when, and the neighbors", "[lab]") {
    const auto status = boost::json::parse(R"({
        "self": {"id": "aa", "state": "alive"},
        "gossip": {"neighbors": [{"id": "bb", "mode": "eager"}]},
        "peers": [{"id": "bb", "state": "dead", "since_ms": 1500, "incarnation": 7, "sequence": 3,
                   "evidence": "lost"}]})");
    const auto host = read_sight("gateway-01", status.get_object(), start);
    CHECK(host.id == "aa");
    CHECK(host.neighbors == std::vector<std::string>{"bb"});
    const auto& seen = host.peers.at("bb");
    CHECK(seen.state == "dead");
    CHECK(seen.since == start - 1500ms);
    CHECK(seen.incarnation == 7);
    CHECK(seen.sequence == 3);
    CHECK(seen.evidence == "lost");
}

TEST_CASE("mesh view: whole is when all hear all; since the last of them did", "[lab]") {
    auto view = whole_mesh({"a", "b", "c"});
    view[1].peers["c"].since = start + 2s;
    const auto found = judge(view, {});
    CHECK(found.is_whole);
    CHECK(found.hearing_all == 3);
    CHECK(found.components == 1);
    CHECK(found.since == start + 2s);
    CHECK(found.why.empty());
}

TEST_CASE("mesh view: what is missing is told in words", "[lab]") {
    auto view = whole_mesh({"a", "b", "c"});
    SECTION("somebody unheard of") {
        view[0].peers.erase("b");
        CHECK(judge(view, {}).why == "a has not heard of b");
    }
    SECTION("somebody taken for dead") {
        view[0].peers["b"].state = "dead";
        CHECK(judge(view, {}).why == "a sees b dead");
        CHECK(judge(view, {}).hearing_all == 2);
    }
    SECTION("two parts") {
        view[1].neighbors = {"a"};
        view[2].neighbors = {};
        const auto found = judge(view, {});
        CHECK(found.components == 2);
        CHECK(found.links_are_wrong);
        CHECK(found.why == "the links make 2 parts");
    }
    SECTION("a link to who is gone") {
        view[2].neighbors.push_back("ghost");
        CHECK(judge(view, {"ghost"}).why == "c keeps a link to who is gone");
    }
    SECTION("somebody gone is taken for alive") {
        view[2].peers["ghost"].state = "alive";
        CHECK(judge(view, {"ghost"}).why == "c takes who is gone for alive");
    }
    CHECK_FALSE(judge(view, {"ghost"}).is_whole);
}

TEST_CASE("mesh view: nobody is no mesh", "[lab]") {
    CHECK_FALSE(judge({}, {}).is_whole);
}
