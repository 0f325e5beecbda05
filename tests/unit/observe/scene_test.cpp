// SPDX-License-Identifier: Apache-2.0
// What a picture says of hosts that tell the truth, and of those that do not.
#include "observe/scene.hpp"
#include "support/catch.hpp"
#include "unit/admin/fake_host.hpp"
#include "unit/observe/told_picture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

using namespace meshhost;
using observe::scene;

namespace json = boost::json;

namespace {

const std::string other(64, 'a');

struct stage {
    stage() {
        admin::peer_snapshot peer;
        peer.id = other;
        peer.name = "web";
        peer.state = "alive";
        peer.evidence = "says so itself";
        host.known = {peer};
    }
    json::object node(const std::string& id = other) {
        now += 250ms;
        return look(std::chrono::system_clock::time_point(now.time_since_epoch())).nodes.at(id);
    }
    test::picture look(std::chrono::system_clock::time_point wall = {}) {
        test::told_picture told;
        picture.compose({now, wall}, told);
        return told.all;
    }
    void say(std::string_view meters) {
        auto line = json::parse(json::string_view(meters.data(), meters.size())).as_object();
        line["id"] = other;
        picture.on_meters(line, now);
    }

    test::fake_host host;
    scene picture{host, {{"name", "lab"}}};
    time_point now{100s};
};

}  // namespace

TEST_CASE("observe: meters become usage, and two of them rates", "[observe]") {
    stage s;
    CHECK(s.node().at("usage").is_null());
    s.say(R"({"uptime_ms":1000,"usage":{"cpu_millicores":7,"rss_bytes":5,"fds":3,"threads":2},
              "net":{"bytes_sent":100,"bytes_received":0,"connections":1},"gossip":{"delivered":1}})"
    );
    CHECK(s.node().at("usage").at("cpu_millicores") == 7);
    CHECK(s.node().at("net").at("sent_bps").is_null());
    s.say(R"({"uptime_ms":3000,"usage":{"cpu_millicores":null,"rss_bytes":5,"fds":3,"threads":2},
              "net":{"bytes_sent":2100,"bytes_received":0,"connections":1},"gossip":{"delivered":1}})"
    );
    CHECK(s.node().at("usage").at("cpu_millicores").is_null());
    CHECK(s.node().at("net").at("sent_bps") == 1000);
    s.say(R"({"uptime_ms":10,"net":{"bytes_sent":1}})");  // it started anew
    CHECK(s.node().at("net").at("sent_bps").is_null());
}

TEST_CASE("observe: above its budget for ten seconds is worth a word", "[observe]") {
    stage s;
    const auto* busy = R"({"usage":{"cpu_millicores":300,"rss_bytes":1},
                           "budget":{"cpu_millicores":250,"memory_bytes":0}})";
    s.say(busy);
    CHECK(s.node().at("over").as_array().empty());
    s.now += 11s;
    s.say(busy);
    CHECK(json::serialize(s.node().at("over")) == R"(["cpu"])");
}

TEST_CASE("observe: ages alone are no news", "[observe]") {
    stage s;
    const auto first = s.node();
    s.host.known[0].evidence = "2 of 3 lost it 1 s ago";
    s.host.known[0].since += 250ms;
    s.host.known[0].last_seen = 3s;
    CHECK(s.node() == first);
    s.now += 6s;
    CHECK(s.node().at("evidence") == "2 of 3 lost it 1 s ago");
    s.host.known[0].state = "dead";
    CHECK(s.node().at("state") == "dead");
    CHECK(s.node().at("since") != first.at("since"));
}

TEST_CASE("observe: whoever is gone uses nothing and is nobody's neighbour", "[observe]") {
    stage s;
    s.say(
        R"({"usage":{"rss_bytes":5},"edges":[{"peer":")" + std::string(64, 'c')
        + R"(","kind":"direct","mode":"eager"}]})"
    );
    CHECK(s.node().at("neighbors").as_array().size() == 1);
    s.host.known[0].state = "dead";
    CHECK(s.node().at("usage").is_null());
    CHECK(s.node().at("neighbors").as_array().empty());
    CHECK(s.look().edges.empty());
}

TEST_CASE("observe: of one that is lost, who lost it and whom it knew", "[observe]") {
    stage s;
    admin::peer_snapshot near = s.host.known[0];
    near.id = std::string(64, 'b');
    s.host.known.push_back(near);
    // The second prefix means nobody who is known, the third several.
    s.host.known[0].neighbors = {std::string(16, 'b'), std::string(16, 'e'), ""};
    s.host.known[0].lost_by = {near.id};
    CHECK(s.node().at("lost_by").as_array().empty());
    CHECK(s.node().at("last_neighbors").as_array().empty());
    for (const char* state : {"stale", "dead"}) {
        s.host.known[0].state = state;
        CHECK(s.node().at("lost_by") == json::array{json::string(near.id)});
        CHECK(s.node().at("last_neighbors") == json::array{json::string(near.id)});
    }
    s.host.known[0].state = "left";
    CHECK(s.node().at("lost_by").as_array().empty());
}

TEST_CASE("observe: whoever hears of nobody does not know how others are", "[observe]") {
    stage s;
    const auto state = [&](const std::string& id = other) { return s.node(id).at("state"); };
    admin::peer_snapshot older = s.host.known[0];
    older.id = std::string(64, 'b');
    older.state = "dead";
    older.since = 100s;
    admin::peer_snapshot left = s.host.known[0];
    left.id = std::string(64, 'd');
    left.state = "left";
    s.host.known.push_back(older);
    s.host.known.push_back(left);
    CHECK(state() == "alive");  // it never had a neighbour: what it was told is all there is
    auto& gossip = s.host.gossip.emplace();
    gossip.neighbors.emplace_back().id = other;
    CHECK(state() == "alive");
    gossip.neighbors.clear();
    CHECK(state() == "unknown");
    const auto node = s.node();
    CHECK(node.at("evidence") == "this observer has no neighbours");
    CHECK(state(older.id) == "dead");  // that was before
    CHECK(state(left.id) == "left");   // its own word
    s.host.known[0].state = "dead";
    s.host.known[0].since = 0s;
    CHECK(state() == "unknown");
    CHECK(s.node().at("since") == node.at("since"));
    CHECK(s.node().at("lost_by").as_array().empty());
    s.host.known[0].state = "alive";
    gossip.neighbors.emplace_back().id = other;
    CHECK(state() == "alive");
    s.host.known[0].state = "dead";
    CHECK(state() == "dead");
}

TEST_CASE("observe: what a host says of itself is bounded, whole and valid", "[observe]") {
    stage s;
    json::array plugins;
    for (int i = 0; i < 1000; ++i)
        plugins.push_back(json::object{
            {"instance", std::string(63, 'i') + "\xc3\xa9\xc3\xa9"},
            {"role", std::string(10'000, 'r')},
            {"state", "running"}});
    s.say(json::serialize(json::object{
        {"plugins", plugins},
        {"uptime_ms", 1e300},
        {"usage",
         {{"cpu_millicores", -5}, {"rss_bytes", 1e300}, {"evil", std::string(30'000, 'e')}}},
        {"gossip", 7},
        {"net", json::array{1, 2}},
        {"schema", std::string(30'000, 's')}}));
    const auto node = s.node();
    const auto text = json::serialize(node);
    CHECK(text.size() < 16'000);
    CHECK_NOTHROW(json::parse(text));
    CHECK(node.at("usage").at("cpu_millicores").is_null());
    CHECK(node.at("usage").at("rss_bytes") == std::uint64_t{1} << 53);
    CHECK(node.at("gossip").is_null());
    s.say(R"({"error":{"message":")" + std::string(199, 'm') + "\xc3\xa9" + R"("}})");
    CHECK(s.node().at("unasked") == json::value(std::string(199, 'm')));
    s.say(R"({"error":{"message":7}})");
    CHECK(s.node().at("unasked") == "no answer");
    for (const char* odd : {"{}", R"({"usage":[],"plugins":{},"edges":7})", R"({"error":1})"}) {
        s.say(odd);
        CHECK_NOTHROW(s.node());
    }
}

TEST_CASE("observe: a host that is forgotten is gone from the picture", "[observe]") {
    stage s;
    s.node();
    s.host.known.clear();
    s.picture.on_meters({{"id", "never heard of"}}, s.now);
    CHECK(s.look().nodes.size() == 1);
}

TEST_CASE("observe: a start is when the host says that it was, if that can be", "[observe]") {
    stage s;
    const std::chrono::system_clock::time_point wall{1'800'000'000s};
    auto& peer = s.host.known.front();
    peer.uptime = 60s;  // of a digest that may have come long after it was signed
    const auto started_at = [&](std::uint64_t incarnation) {
        peer.incarnation = incarnation;
        return std::string(s.look(wall).nodes.at(other).at("started").as_string());
    };
    CHECK(started_at(1'799'996'400'000) == "2027-01-15T07:00:00.000Z");
    const auto by_uptime = "2027-01-15T07:59:00.000Z";
    for (const std::uint64_t odd :
         {std::uint64_t{7}, std::uint64_t{1'900'000'000'000}, (std::uint64_t{1} << 53) - 1})
        CHECK(started_at(odd) == by_uptime);
}
