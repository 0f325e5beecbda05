// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/edges.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

using namespace meshhost;
using namespace meshhost::observe::proto;

namespace json = boost::json;

namespace {

json::object meters_with(std::string_view edges) {
    const std::string text = R"({"edges":)" + std::string(edges) + "}";
    return json::parse(text).as_object();
}

const std::vector<std::string> ids{"aaaa1", "bbbb1", "bbbb2"};

}  // namespace

TEST_CASE("observe: both ends make one edge, eager when one of them says so", "[observe]") {
    edge_table table;
    table.add_meters(
        "bbbb1",
        meters_with(
            R"([{"peer":"aaaa1","mode":"lazy","kind":"direct","reason":"lan","rtt_us":1234}])"
        ),
        {{"aaaa1", 5555}}
    );
    table.add_meters(
        "aaaa1",
        meters_with(R"([{"peer":"bbbb1","mode":"eager","kind":"unknown","rtt_us":null}])"),
        {}
    );
    const auto all = table.to_objects(ids);
    REQUIRE(all.size() == 1);
    const auto& edge = all.at("aaaa1|bbbb1");
    CHECK(edge.at("tree") == "eager");
    CHECK(edge.at("kind") == "direct");
    CHECK(edge.at("reason") == "lan");
    CHECK(edge.at("rtt_us") == 1200);  // two digits: what changes behind them is no news
    CHECK(edge.at("sent_bps").is_null());
    CHECK(edge.at("received_bps") == 5500);
    CHECK(edge.at("disagree").is_null());
}

TEST_CASE("observe: ends that differ are told of", "[observe]") {
    edge_table table;
    table.add_meters("aaaa1", meters_with(R"([{"peer":"bbbb1","kind":"direct"}])"), {});
    table.add_meters("bbbb1", meters_with(R"([{"peer":"aaaa1","kind":"relayed"}])"), {});
    const auto edge = table.to_objects(ids).at("aaaa1|bbbb1");
    CHECK(edge.at("disagree") == "one end says direct, the other relayed");
}

TEST_CASE(
    "observe: a neighbour is named by the beginning of its id, if only one has it",
    "[observe]"
) {
    edge_table table;
    table.add_neighbor("bbbb1", "aaaa", ids);
    table.add_neighbor("aaaa1", "bbbb", ids);   // two
    table.add_neighbor("aaaa1", "cccc", ids);   // none
    table.add_neighbor("aaaa1", "aaaa1", ids);  // itself
    const auto all = table.to_objects(ids);
    REQUIRE(all.size() == 1);
    CHECK(all.at("aaaa1|bbbb1").at("tree") == "unknown");
}

TEST_CASE("observe: what another host says is bounded and checked", "[observe]") {
    edge_table table;
    json::array many;
    for (int i = 0; i < 1000; ++i)
        many.push_back(json::object{{"peer", std::to_string(i)}, {"kind", "direct"}});
    CHECK(trimmed_edges({{"edges", many}}).size() == 256);
    // Cut between two characters: half of one is no text.
    const std::string long_reason = std::string(63, 'a') + "\xc3\xa9\xc3\xa9";
    table.add_meters(
        "aaaa1",
        {{"edges", json::array{{{"peer", "bbbb2"}, {"kind", "direct"}, {"reason", long_reason}}}}},
        {}
    );
    table.add_meters("bbbb1", meters_with(R"([7,{"peer":3},{"peer":"aaaa1","rtt_us":-5}])"), {});
    table.add_meters("bbbb2", {{"edges", "none"}}, {});
    table.add_meters("zzzz", meters_with(R"([{"peer":"aaaa1"}])"), {});  // nobody knows it
    const auto all = table.to_objects(ids);
    CHECK(all.size() == 2);
    CHECK(all.at("aaaa1|bbbb2").at("reason") == json::value(std::string(63, 'a')));
    CHECK(all.at("aaaa1|bbbb1").at("rtt_us").is_null());
    CHECK(bytes_by_peer({{"edges", many}}).size() == 256);
}
