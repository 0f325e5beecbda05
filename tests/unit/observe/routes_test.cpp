// SPDX-License-Identifier: Apache-2.0
#include "http/query.hpp"
#include "observe/event_routes.hpp"
#include "observe/model_routes.hpp"
#include "observe/stream_hub.hpp"
#include "support/catch.hpp"
#include "support/loop.hpp"
#include "unit/admin/fake_host.hpp"
#include "unit/observe/unpack_gzip.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using namespace meshhost::observe;

namespace json = boost::json;

namespace {

const std::string gateway(64, 'a');
const std::string self(64, 'c');

struct stage {
    stage() {
        hub.set_source(&source);
        model.add_to(table, "/");
        events.add_to(table, "/");
        REQUIRE(test::run_until(shard, [&] { return source.log().changes() > 0; }));
    }
    /// "nodes?where=x", without the query's encoding.
    std::shared_ptr<test::fake_exchange> ask(
        std::string path,
        http::query_map query = {},
        http::header_list headers = {}
    ) {
        const auto answer = std::make_shared<test::fake_exchange>();
        const http::request asked{"GET", "/" + path, "", std::move(query), std::move(headers)};
        is_found = table.answer(asked, answer);
        return answer;
    }
    json::object data(const std::string& path, http::query_map query = {}) {
        const auto answer = ask(path, std::move(query));
        REQUIRE(answer->answer.status == 200);
        return answer->json().at("data").as_object();
    }
    std::string refusal(const std::string& path, http::query_map query = {}) {
        const auto answer = ask(path, std::move(query));
        REQUIRE(answer->answer.status >= 400);
        return std::string(answer->json().at("error").at("message").as_string());
    }
    void happen(telemetry::event_type type = telemetry::event_type::peer_state) {
        telemetry::event event;
        event.type = type;
        journal.append(std::move(event));
    }

    net::shard shard;
    test::fake_host host;
    test::fake_asker others;
    telemetry::event_journal journal;
    stream_hub hub{shard};
    observatory source{{shard, host, journal, others}, {{"name", "lab"}}, hub};
    question_table table;
    model_routes model{source};
    event_routes events{shard, journal, self};
    bool is_found = false;
};

std::string header_of(const test::fake_exchange& answer, std::string_view name) {
    for (const auto& [each, value] : answer.answer.headers)
        if (each == name) return value;
    return {};
}

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
        == "where: there is no field \"colour\": state, tier, role, path, reason, tree, version, "
           "name, id, cpu, ram, mem, rtt, over; cpu wants a number: cpu>80%"
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

TEST_CASE("observe: who takes gzip gets the same, packed", "[observe]") {
    stage s;
    const auto plain = s.ask("snapshot")->json().at("data").as_object();
    for (const char* accepted : {"gzip", "deflate, gzip;q=1.0", "br;q=1,gzip ; q=0.5"}) {
        const auto packed = s.ask("snapshot", {}, {{"accept-encoding", accepted}});
        CHECK(header_of(*packed, "Content-Encoding") == "gzip");
        CHECK(header_of(*packed, "Vary") == "Accept-Encoding");
        const auto said = json::parse(test::unpack_gzip(packed->answer.body));
        CHECK(said.at("data").at("nodes") == plain.at("nodes"));
        CHECK(said.at("schema") == "meshhost.snapshot/1");
    }
    for (const char* accepted : {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip"})
        CHECK(header_of(*s.ask("snapshot", {}, {{"accept-encoding", accepted}}), "Content-Encoding")
                  .empty());
    // What fits into a packet anyhow stays as it is.
    const auto small = s.ask("nodes", {{"where", "nobody"}}, {{"accept-encoding", "gzip"}});
    CHECK(small->json().at("data").at("matched") == 0);
}

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
    for (const char* odd : {"x", "1x", "-1", "99999999999999999999"})
        CHECK(s.ask("events/stream", {}, {{"last-event-id", odd}})->answer.status == 400);
    fresh->leave();
    CHECK(s.events.streams() == 3);
    s.events.close();
    CHECK(resumed->is_finished);
    CHECK(s.events.streams() == 0);
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
