// SPDX-License-Identifier: Apache-2.0
#include "http/envelope.hpp"
#include "support/catch.hpp"
#include "unit/observe/routes_stage.hpp"

using namespace meshhost;
using namespace meshhost::observe;
using test::gateway;
using test::header_of;
using test::self;
using stage = test::routes_stage;

namespace json = boost::json;

namespace {

std::vector<std::string> names_in(const json::value& list) {
    std::vector<std::string> all;
    for (const auto& each : list.as_array())
        all.emplace_back(each.at("name").as_string());
    return all;
}

}  // namespace

TEST_CASE("observe: nodes by a filter, and one by its id", "[observe]") {
    stage s;
    auto all = s.data("nodes");
    CHECK(all.at("total").to_number<int>() == 3);
    CHECK(all.at("matched").to_number<int>() == 3);
    CHECK(all.at("next").is_null());
    CHECK(
        names_in(all.at("nodes"))
        == std::vector<std::string>{"bbbbbbbbbb", "compute-01", "gateway-01"}
    );
    const auto some =
        s.data("nodes", {{"where", "state:alive"}, {"sort", "-name"}, {"limit", "1"}});
    CHECK(some.at("matched").to_number<int>() == 2);
    CHECK(names_in(some.at("nodes")) == std::vector<std::string>{"gateway-01"});
    const auto cursor = std::string(some.at("next").as_string());
    CHECK(
        names_in(s.data("nodes", {{"where", "state:alive"}, {"sort", "-name"}, {"cursor", cursor}})
                     .at("nodes"))
        == std::vector<std::string>{"compute-01"}
    );
    CHECK(s.data("nodes/" + gateway).at("name") == "gateway-01");
    CHECK(s.ask("nodes/" + std::string(64, 'd'))->error_code() == "E_NOT_FOUND");
    CHECK(s.ask("nodes/x")->error_code() == "E_NOT_FOUND");
    s.ask("nodes/");
    CHECK_FALSE(s.is_found);
    s.ask("nodes/x/y");
    CHECK_FALSE(s.is_found);
}

TEST_CASE("observe: a question that cannot be read says what is wrong with it", "[observe]") {
    stage s;
    CHECK(
        s.refusal("nodes", {{"where", "colour:red cpu>x"}})
        == "where: \"colour:red\": there is no field \"colour\": state, tier, role, path, reason, "
           "tree, version, name, id, cpu, ram, mem, rtt, over; \"cpu>x\": cpu wants a number: "
           "cpu>80%"
    );
    CHECK(
        s.refusal("nodes", {{"where", std::string(1025, 'a')}})
        == "where: a filter has at most 1024 bytes"
    );
    CHECK(s.refusal("nodes", {{"sort", "size"}}).starts_with("sort: one of name, id, state"));
    CHECK(s.refusal("nodes", {{"cursor", "00"}}).starts_with("cursor: "));
    CHECK(s.refusal("edges", {{"cursor", "0"}}).starts_with("cursor: "));
    CHECK(s.refusal("snapshot", {{"where", "x:y"}}).starts_with("where: "));
    for (const char* limit : {"0", "1001", "x", "-1"})
        CHECK(s.refusal("nodes", {{"limit", limit}}).starts_with("limit"));
}

TEST_CASE("observe: edges, and a snapshot of a part", "[observe]") {
    stage s;
    // The first question makes the hosts be asked, this one at once.
    s.ask("edges");
    REQUIRE(test::run_until(s.shard, [&] { return s.data("edges").at("total") == 1; }));
    const auto edge = s.data("edges", {{"where", "path:direct role:gateway"}}).at("edges").at(0);
    CHECK(edge.at("a") == gateway.c_str());
    CHECK(edge.at("reason") == "same_host");
    CHECK(s.data("edges", {{"where", "-role:gateway"}}).at("matched") == 0);
    const auto part = s.data("snapshot", {{"where", "name~-01"}});
    CHECK(part.at("nodes").as_array().size() == 2);
    CHECK(part.at("edges").as_array().size() == 1);
    CHECK(part.at("mesh").at("name") == "lab");
    const auto one = s.data("snapshot", {{"where", "name:gateway-01"}});
    CHECK(one.at("nodes").as_array().size() == 1);
    CHECK(one.at("edges").as_array().empty());
    CHECK(s.refusal("snapshot", {{"where", "x"}, {"at", "2026-01-31T12:00:00Z"}})
              .starts_with("where: "));
}

TEST_CASE("observe: who has the present state already is told so", "[observe]") {
    stage s;
    const auto first = s.ask("snapshot");
    const auto tag = header_of(*first, "ETag");
    CHECK(tag.starts_with("W/\""));
    for (const auto& held : {tag, "\"x\", " + tag.substr(2), std::string("*")}) {
        const auto again = s.ask("snapshot", {}, {{"if-none-match", held}});
        CHECK(again->answer.status == 304);
        CHECK(again->answer.body.empty());
        CHECK(header_of(*again, "ETag") == tag);
    }
    CHECK(s.ask("snapshot", {}, {{"if-none-match", "W/\"1\""}})->answer.status == 200);
    const auto before = s.source.sequence();
    s.host.is_drained = true;
    REQUIRE(test::run_until(s.shard, [&] { return s.source.sequence() > before; }));
    const auto changed = s.ask("snapshot", {}, {{"if-none-match", tag}});
    CHECK(changed->answer.status == 200);
    CHECK(header_of(*changed, "ETag") != tag);
}

TEST_CASE("observe: what nobody takes at a path is refused, not passed over", "[observe]") {
    stage s;
    CHECK(
        s.refusal("nodes", {{"limt", "5"}})
        == "there is no parameter \"limt\" here: where, sort, limit, cursor"
    );
    CHECK(s.ask("nodes", {{"limt", "5"}})->json().at("error").at("hint") == "limit, perhaps?");
    CHECK(
        s.refusal("history", {{"a\n", ""}})
        == "there is no parameter \"a\\x0a\" here: none is taken"
    );
    const auto node = "nodes/" + gateway;
    const auto path = "paths/" + gateway + "/" + self;
    for (const auto& each :
         {std::string("snapshot"),
          std::string("edges"),
          node,
          node + "/series",
          node + "/boots",
          path,
          std::string("boots"),
          std::string("boots/x"),
          std::string("plugins"),
          std::string("traces"),
          std::string("events"),
          std::string("events/stream")}) {
        CAPTURE(each);
        CHECK(s.refusal(each, {{"x", "1"}}).starts_with("there is no parameter \"x\" here: "));
    }
    for (const char* each : {"events", "events/stream"})
        CHECK(s.refusal(each, {{"types", "peer.state,nonsense"}})
                  .starts_with("types: there are no events \"nonsense\", but peer.state, "));
    CHECK(
        s.ask("events", {{"types", "peer.stat"}})->json().at("error").at("hint")
        == "peer.state, perhaps?"
    );
}

TEST_CASE("observe: a moment that is yet to come is no answer's", "[observe]") {
    stage s;
    const auto refused = s.refusal("snapshot", {{"at", "2999-01-31T12:00:00Z"}});
    CHECK(refused.starts_with("at: 2999-01-31T12:00:00Z is yet to come, the newest moment"));
    const auto in_a_second = http::format_time(std::chrono::system_clock::now() + 1s);
    CHECK(s.data("snapshot", {{"at", in_a_second}}).at("nodes").as_array().size() == 3);
    CHECK(s.ask("snapshot", {{"at", "2020-01-31T12:00:00Z"}})->error_code() == "E_TOO_OLD");
}

TEST_CASE("observe: a cursor is good for its own list alone", "[observe]") {
    stage s;
    s.ask("edges");
    REQUIRE(test::run_until(s.shard, [&] { return s.data("edges").at("total") == 1; }));
    const auto page = s.data("nodes", {{"limit", "1"}});
    const auto cursor = std::string(page.at("next").as_string());
    CHECK(s.refusal("edges", {{"cursor", cursor}}).starts_with("cursor: "));
    CHECK(s.refusal("nodes", {{"cursor", cursor}, {"sort", "id"}}).starts_with("cursor: "));
}
