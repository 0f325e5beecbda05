// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "unit/observe/routes_stage.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using namespace meshhost::observe;
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
    event_routes quick(s.shard, s.journal, self, 5ms);
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
