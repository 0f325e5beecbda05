// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "unit/observe/routes_stage.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using namespace meshhost::observe;
using test::gateway;
using test::header_of;
using test::self;
using stage = test::routes_stage;

namespace json = boost::json;

TEST_CASE("observe: a question for events waits for one, or for as long as it says", "[observe]") {
    stage s;
    s.happen();
    CHECK(s.ask("events", {{"wait_ms", "30000"}})->answer.status == 200);  // there is one
    const auto waiting = s.ask("events", {{"since", "2"}, {"wait_ms", "30000"}});
    const auto picky =
        s.ask("events", {{"since", "2"}, {"wait_ms", "30000"}, {"types", "self.state"}});
    const auto brief = s.ask("events", {{"since", "9"}, {"wait_ms", "1"}, {"types", "lab.fault"}});
    CHECK(s.events.waiters() == 2);  // the 9th never was: all there is, is news
    CHECK(brief->answer.status == 200);
    CHECK(brief->json().at("data").at("truncated").as_bool());
    s.happen();
    s.happen();
    REQUIRE(test::run_until(s.shard, [&] { return waiting->answer.status != 0; }));
    const auto told = waiting->json().at("data").as_object();
    CHECK(told.at("events").as_array().size() == 2);  // of one turn
    CHECK(told.at("next_seq") == 4);
    CHECK(picky->answer.status == 0);
    s.happen(telemetry::event_type::self_state);
    REQUIRE(test::run_until(s.shard, [&] { return picky->answer.status != 0; }));
    CHECK(picky->json().at("data").at("events").at(0).at("seq") == 4);
    const auto gone = s.ask("events", {{"since", "5"}, {"wait_ms", "30000"}});
    CHECK(s.events.waiters() == 1);
    gone->leave();
    CHECK(s.events.waiters() == 0);
    const auto vain = s.ask("events", {{"since", "5"}, {"wait_ms", "20"}});
    REQUIRE(test::run_until(s.shard, [&] { return vain->answer.status != 0; }));
    CHECK(vain->json().at("data").at("events").as_array().empty());
    CHECK(vain->json().at("data").at("next_seq") == 5);
    CHECK(s.events.waiters() == 0);
    for (const char* odd : {"30001", "-1", "x"})
        CHECK(s.ask("events", {{"wait_ms", odd}})->answer.status == 400);
}

TEST_CASE("observe: so many may wait for events, and all are answered at the end", "[observe]") {
    stage s;
    std::vector<std::shared_ptr<test::fake_exchange>> all;
    for (std::size_t i = 0; i < event_routes::waiters_max; ++i)
        all.push_back(s.ask("events", {{"wait_ms", "30000"}}));
    CHECK(s.ask("events", {{"wait_ms", "30000"}})->error_code() == "E_API_FULL");
    s.events.close();
    for (const auto& each : all)
        CHECK(each->answer.status == 200);
    CHECK(s.events.waiters() == 0);
}

TEST_CASE("observe: events as they come, and from where the client was", "[observe]") {
    stage s;
    for (int i = 0; i < 3; ++i)
        s.happen();
    const auto fresh = s.ask("events/stream");
    CHECK(fresh->answer.content_type == "text/event-stream");
    CHECK_FALSE(header_of(*fresh, "Content-Security-Policy").empty());
    CHECK(fresh->answer.body.find("data:") == std::string::npos);
    const auto resumed = s.ask("events/stream", {}, {{"last-event-id", "1"}});
    CHECK(resumed->answer.body.find("id: 2\ndata: {") != std::string::npos);
    CHECK(resumed->answer.body.find("id: 1\n") == std::string::npos);
    const auto whole = s.ask("events/stream", {{"since", "1"}});
    CHECK(whole->answer.body.find("id: 1\n") != std::string::npos);
    const auto earlier_run = s.ask("events/stream", {}, {{"last-event-id", "999"}});
    CHECK(earlier_run->answer.body.find("id: 1\n") != std::string::npos);
    s.happen();
    for (const auto& each : {fresh, resumed, whole, earlier_run}) {
        const auto& body = each->answer.body;
        const auto at = body.find("id: 4\ndata: ");
        REQUIRE(at != std::string::npos);
        const auto event = json::parse(body.substr(at + 12, body.find("\n\n", at) - at - 12));
        CHECK(event.at("seq") == 4);
        CHECK(body.ends_with("}\n\n"));
    }
    for (const char* odd : {"x", "1x", "-1", "0", "18446744073709551615", "99999999999999999999"})
        CHECK(s.ask("events/stream", {}, {{"last-event-id", odd}})->answer.status == 400);
    fresh->leave();
    CHECK(s.events.streams() == 3);
    s.events.close();
    CHECK(resumed->is_finished);
    CHECK(s.events.streams() == 0);
}

TEST_CASE("observe: a stream that has nothing to say says so", "[observe]") {
    stage s;
    event_routes quick(s.shard, s.journal, s.source, self, 5ms);
    question_table table;
    quick.add_to(table, "/");
    const auto stream = std::make_shared<test::fake_exchange>();
    REQUIRE(table.answer({"GET", "/events/stream", "", {}}, stream));
    const auto comments = [&] {
        std::size_t count = 0;
        for (auto at = stream->answer.body.find("\n\n:\n\n"); at != std::string::npos;
             at = stream->answer.body.find("\n\n:\n\n", at + 3))
            ++count;
        return count;
    };
    REQUIRE(test::run_until(s.shard, [&] { return comments() >= 3; }));
    stream->set_reading(false);
    stream->unread = admin::event_feed::unread_max + 1;  // whoever does not read hears no more
    const auto size = stream->answer.body.size();
    const auto later = s.shard.now() + 30ms;
    REQUIRE(test::run_until(s.shard, [&] { return s.shard.now() > later; }));
    CHECK(stream->answer.body.size() == size);
}

TEST_CASE("observe: there is room for so many streams of events", "[observe]") {
    stage s;
    std::vector<std::shared_ptr<test::fake_exchange>> all;
    for (std::size_t i = 0; i < admin::event_feed::followers_max; ++i)
        all.push_back(s.ask("events/stream"));
    CHECK(s.ask("events/stream")->error_code() == "E_API_FULL");
    all.front()->leave();
    CHECK(s.ask("events/stream")->answer.status == 200);
}

TEST_CASE("observe: events of those nodes that a filter lets through", "[observe]") {
    stage s;
    const auto happens = [&](const std::string& peer, telemetry::event_type type, std::string to) {
        telemetry::event event;
        event.type = type;
        event.peer = peer;
        event.name = peer == std::string(64, 'd') ? "stranger" : "";
        event.to = std::move(to);
        s.journal.append(std::move(event));
    };
    using telemetry::event_type;
    const auto seen = [&](const char* where) {
        std::vector<int> all;
        const auto told = s.data("events", {{"where", where}});
        for (const auto& each : told.at("events").as_array())
            all.push_back(each.at("seq").to_number<int>());
        return all;
    };
    happens(gateway, event_type::peer_path, "direct");
    happens("", event_type::plugin_state, "running");
    happens(std::string(64, 'b'), event_type::neighbor_down, "");
    happens(std::string(64, 'd'), event_type::peer_state, "dead");
    happens(gateway, event_type::peer_state, "stale");
    using list = std::vector<int>;
    CHECK(seen("") == list{1, 2, 3, 4, 5});
    CHECK(seen("role:gateway") == list{1, 5});
    CHECK(seen("name:compute-01") == list{2});  // the host's own
    CHECK(seen("state:dead") == list{3, 4});    // it is, and it was when it happened
    CHECK(seen("state:alive -role:compute") == list{1});
    CHECK(seen("stranger") == list{4});  // nobody in the picture
    CHECK(seen("-state:alive id:a") == list{5});
    REQUIRE(test::run_until(s.shard, [&] { return seen("path:direct") == list{1, 2, 5}; }));
    CHECK(s.refusal("events", {{"where", "state:nonsense"}}).starts_with("where: \"state:"));
    CHECK(s.refusal("events/stream", {{"where", "*"}}).starts_with("where: \"*\""));

    const http::query_map patient{{"since", "6"}, {"wait_ms", "30000"}, {"where", "role:gateway"}};
    const auto waiting = s.ask("events", patient);
    const auto stream = s.ask("events/stream", {{"where", "role:gateway"}});
    const auto other = s.ask("events", {{"since", "6"}, {"wait_ms", "30000"}});
    happens(std::string(64, 'b'), event_type::neighbor_up, "");
    REQUIRE(test::run_until(s.shard, [&] { return other->answer.status != 0; }));
    CHECK(waiting->answer.status == 0);
    happens(gateway, event_type::neighbor_up, "");
    REQUIRE(test::run_until(s.shard, [&] { return waiting->answer.status != 0; }));
    const auto told = waiting->json().at("data").as_object();
    CHECK(told.at("events").as_array().size() == 1);
    CHECK(told.at("events").at(0).at("seq") == 7);
    CHECK(told.at("next_seq") == 8);
    CHECK(stream->answer.body.find("id: 6\n") == std::string::npos);
    CHECK(stream->answer.body.find("id: 7\n") != std::string::npos);
}
