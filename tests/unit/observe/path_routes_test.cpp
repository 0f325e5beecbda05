// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "unit/observe/routes_stage.hpp"

using namespace meshhost;
using namespace meshhost::observe;
using test::gateway;
using test::self;
using stage = test::routes_stage;

TEST_CASE("observe: how two nodes reach each other, and how they did", "[observe]") {
    stage s;
    const auto path = "paths/" + gateway + "/" + self;
    CHECK_FALSE(s.data(path).at("neighbors").as_bool());
    CHECK(s.data(path).at("kind") == "direct");  // this host's own path
    CHECK(s.data(path).at("tree").is_null());
    CHECK(s.data(path).at("since").is_null());
    // It was asked by then: now its links are known.
    REQUIRE(test::run_until(s.shard, [&] { return s.data(path).at("neighbors").as_bool(); }));
    telemetry::event moved;
    moved.type = telemetry::event_type::peer_path;
    moved.peer = gateway;
    moved.from = "relayed https://relay.example";
    moved.to = "direct 127.0.0.1:4433";
    moved.reason = "same_host";
    s.journal.append(moved);
    moved.peer = std::string(64, 'b');
    s.journal.append(moved);
    const auto told = s.data(path);
    CHECK(told.at("a") == gateway.c_str());
    CHECK(told.at("tree") == "eager");
    CHECK(told.at("reason") == "same_host");
    CHECK(told.at("since").is_string());
    REQUIRE(told.at("said").as_array().size() == 1);
    CHECK(told.at("said").at(0).at("by") == self.c_str());
    CHECK(told.at("said").at(0).at("remote") == "127.0.0.1:4433");
    CHECK(told.at("said").at(0).at("rtt_us") == 1500);
    const auto& history = told.at("history").as_array();
    REQUIRE(history.size() == 2);
    CHECK(history[0].at("source") == "journal");  // at the epoch, as it was written here
    CHECK(history[0].at("to") == "direct 127.0.0.1:4433");
    CHECK(history[1].at("source") == "links");
    CHECK(history[1].at("from").is_null());
    CHECK(history[1].at("to") == "direct");
    CHECK(s.data("paths/" + self + "/" + gateway).at("history") == told.at("history"));

    const auto stranger = s.data("paths/" + gateway + "/" + std::string(64, 'b'));
    CHECK(stranger.at("kind") == "unknown");
    CHECK(stranger.at("said").as_array().empty());
    CHECK(s.ask("paths/" + gateway + "/" + std::string(64, 'd'))->error_code() == "E_NOT_FOUND");
    CHECK(s.ask("paths/" + gateway + "/" + gateway)->error_code() == "E_BAD_REQUEST");
    s.ask("paths/" + gateway);
    CHECK_FALSE(s.is_found);
}
