// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/edges.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>

#include <deque>
#include <map>

using namespace meshhost;
using namespace meshhost::observe::proto;

namespace json = boost::json;

namespace {

json::object meters_with(std::string_view edges) {
    const std::string text = R"({"edges":)" + std::string(edges) + "}";
    return json::parse(text).as_object();
}

const std::vector<std::string> ids{"aaaa1", "bbbb1", "bbbb2"};

/// A table, and what it refers to.
struct stage {
    void add_meters(const std::string& node, const json::object& meters) {
        said.push_back(read_edges(meters));
        table.add_edges(node, said.back());
    }
    std::map<std::string, json::object> all() const {
        std::map<std::string, json::object> out;
        table.for_each([&](const std::string& id, const json::object& edge) { out[id] = edge; });
        return out;
    }

    std::deque<std::vector<told_edge>> said;
    edge_table table{ids};
};

}  // namespace

TEST_CASE("observe: both ends make one edge, eager when one of them says so", "[observe]") {
    stage s;
    auto of_b = read_edges(meters_with(
        R"([{"peer":"aaaa1","mode":"lazy","kind":"direct","reason":"lan","rtt_us":1234}])"
    ));
    of_b[0].sent_bps = 5555;
    s.table.add_edges("bbbb1", of_b);
    s.add_meters(
        "aaaa1",
        meters_with(R"([{"peer":"bbbb1","mode":"eager","kind":"unknown","rtt_us":null}])")
    );
    const auto all = s.all();
    REQUIRE(all.size() == 1);
    const auto& edge = all.at("aaaa1|bbbb1");
    CHECK(edge.at("tree") == "eager");
    CHECK(edge.at("kind") == "direct");
    CHECK(edge.at("reason") == "lan");
    CHECK(edge.at("rtt_us") == 1200);  // two digits: what changes behind them is no news
    CHECK(edge.at("sent_bps").is_null());
    CHECK(edge.at("received_bps") == 5500);
    CHECK(edge.at("disagree").is_null());
    CHECK(s.table.neighbors() == std::vector<std::vector<std::uint32_t>>{{1}, {0}, {}});
}

TEST_CASE("observe: ends that differ are told of", "[observe]") {
    stage s;
    s.add_meters("aaaa1", meters_with(R"([{"peer":"bbbb1","kind":"direct"}])"));
    s.add_meters("bbbb1", meters_with(R"([{"peer":"aaaa1","kind":"relayed"}])"));
    CHECK(s.all().at("aaaa1|bbbb1").at("disagree") == "one end says direct, the other relayed");
}

TEST_CASE(
    "observe: a neighbour is named by the beginning of its id, if only one has it",
    "[observe]"
) {
    stage s;
    s.table.add_neighbor("bbbb1", "aaaa");
    s.table.add_neighbor("aaaa1", "bbbb");   // two
    s.table.add_neighbor("aaaa1", "cccc");   // none
    s.table.add_neighbor("aaaa1", "aaaa1");  // itself
    s.table.add_neighbor("zzzz", "aaaa1");   // nobody knows it
    const auto all = s.all();
    REQUIRE(all.size() == 1);
    CHECK(all.at("aaaa1|bbbb1").at("tree") == "unknown");
}

TEST_CASE("observe: an edge has a rate where both answers knew it", "[observe]") {
    const auto before = read_edges(meters_with(
        R"([{"peer":"a","kind":"direct","bytes_sent":100},{"peer":"c","kind":"direct","bytes_sent":9},
            {"peer":"b","kind":"unknown","bytes_sent":1}])"
    ));
    auto now = read_edges(meters_with(
        R"([{"peer":"c","kind":"direct","bytes_sent":5},{"peer":"b","kind":"direct","bytes_sent":7},
            {"peer":"d","kind":"direct","bytes_sent":7},{"peer":"a","kind":"relayed","bytes_sent":300}])"
    ));
    note_rates(now, before, 2000);
    REQUIRE(now.size() == 4);
    CHECK(now[0].sent_bps == 100U);
    for (const std::size_t i : {1U, 2U, 3U})  // unknown before, began anew, new
        CHECK_FALSE(now[i].sent_bps.has_value());
}

TEST_CASE("observe: what another host says is bounded and checked", "[observe]") {
    stage s;
    json::array many;
    for (int i = 0; i < 1000; ++i)
        many.push_back(json::object{{"peer", std::to_string(i)}, {"kind", "direct"}});
    CHECK(read_edges({{"edges", many}}).size() == 256);
    // Cut between two characters: half of one is no text.
    const std::string long_reason = std::string(63, 'a') + "\xc3\xa9\xc3\xa9";
    s.add_meters(
        "aaaa1",
        {{"edges", json::array{{{"peer", "bbbb2"}, {"kind", "direct"}, {"reason", long_reason}}}}}
    );
    s.add_meters("bbbb1", meters_with(R"([7,{"peer":3},{"peer":"aaaa1","rtt_us":-5}])"));
    s.add_meters("bbbb2", {{"edges", "none"}});
    s.add_meters("zzzz", meters_with(R"([{"peer":"aaaa1"}])"));  // nobody knows it
    const auto all = s.all();
    CHECK(all.size() == 2);
    CHECK(all.at("aaaa1|bbbb2").at("reason") == json::value(std::string(63, 'a')));
    CHECK(all.at("aaaa1|bbbb1").at("rtt_us").is_null());
}
