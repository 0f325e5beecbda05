// SPDX-License-Identifier: Apache-2.0
#include "http/envelope.hpp"
#include "http/query.hpp"
#include "observe/event_routes.hpp"
#include "observe/model_routes.hpp"
#include "observe/path_routes.hpp"
#include "observe/stream_hub.hpp"
#include "observe/survey_routes.hpp"
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
        paths.add_to(table, "/");
        events.add_to(table, "/");
        surveys.add_to(table, "/");
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
    /// What another host answers to its questions; those it is not about stay open.
    void answer(const std::string& path, const std::string& data) {
        for (std::size_t i = 0; i < others.calls.size(); ++i)
            if (const auto call = others.calls[i]; call->asked.path == path && call->sink) {
                call->answer(200, "application/json", R"({"ok":true,"data":)" + data + "}");
                call->sink.reset();
            }
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
    path_routes paths{{shard, host, journal, others}, source};
    event_routes events{shard, journal, source, self};
    survey_routes surveys{{shard, host, journal, others}, source, "lab"};
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
    for (const char* accepted :
         {"gzip", "deflate, gzip;q=1.0", "br;q=1,gzip ; q=0.5", "GZip;Q=0.1", "*", "br, *;q=0.1"}) {
        const auto packed = s.ask("snapshot", {}, {{"accept-encoding", accepted}});
        CHECK(header_of(*packed, "Content-Encoding") == "gzip");
        CHECK(header_of(*packed, "Vary") == "Accept-Encoding");
        const auto said = json::parse(test::unpack_gzip(packed->answer.body));
        CHECK(said.at("data").at("nodes") == plain.at("nodes"));
        CHECK(said.at("schema") == "meshhost.snapshot/1");
    }
    for (const char* accepted :
         {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip", "*;q=0", "*, gzip;q=0"})
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

TEST_CASE("observe: numbers of the last minutes, a part of them", "[observe]") {
    stage s;
    const auto path = "nodes/" + self + "/series";
    s.ask(path);
    REQUIRE(test::run_until(s.shard, [&] {
        return !s.data(path).at("series").at("rss").as_array().empty();
    }));
    const auto all = s.data(path);
    CHECK(all.at("step_ms") == 2000);
    CHECK(all.at("series").as_object().size() == 5);
    const auto some = s.data(path, {{"m", "rss,cpu"}, {"step", "5000"}});
    CHECK(some.at("step_ms") == 6000);
    CHECK(some.at("series").as_object().size() == 2);
    CHECK(s.data(path, {{"to", "2020-01-01T00:00:00Z"}}).at("series").at("cpu").as_array().empty());
    CHECK_FALSE(
        s.data(path, {{"from", "2020-01-01T00:00:00Z"}}).at("series").at("rss").as_array().empty()
    );
    for (const auto& [key, value] :
         {std::pair{"m", "colour"},
          {"m", "cpu,cpu"},
          {"m", ","},
          {"from", "noon"},
          {"step", "0"}}) {
        CAPTURE(key, value);
        CHECK(s.refusal(path, {{key, value}}).starts_with(key));
    }
    CHECK(s.ask("nodes/x/series")->error_code() == "E_NOT_FOUND");
}

TEST_CASE("observe: a start by its id, of any host, as it was told and as OTLP", "[observe]") {
    stage s;
    // An id like those of hosts, which a question to it needs.
    auto& other = s.host.known.front();
    other.id = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    REQUIRE(test::run_until(s.shard, [&] { return s.source.picture().find_node(other.id); }));
    const std::string last(32, '1');
    const std::string earlier(32, '2');
    const auto boot = [](const std::string& id) {
        return R"({"id":")" + id + R"(","number":2,"spans":[{"trace":")" + id + R"(","ok":true}]})";
    };
    const auto found = s.ask("boots/" + last);
    s.answer("/v1/boots", R"({"boots":[)" + boot(last) + "]}");
    REQUIRE(test::run_until(s.shard, [&] { return found->answer.status != 0; }));
    CHECK(found->json().at("schema") == "meshhost.boot/1");
    CHECK(found->json().at("data").at("id") == last.c_str());
    CHECK(found->json().at("data").at("node") == other.id.c_str());
    CHECK(found->json().at("data").at("node_name") == "gateway-01");

    const auto otlp = s.ask("boots/" + last, {}, {{"accept", "application/json; profile=otlp"}});
    CHECK(otlp->answer.content_type == "application/json; profile=otlp");
    const auto spans = otlp->json().at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans");
    CHECK(spans.at(0).at("traceId") == last.c_str());
    const auto jaeger =
        s.ask("boots/" + last, {}, {{"accept", "application/json;profile=\"jaeger\""}});
    CHECK(jaeger->json().at("data").at(0).at("traceID") == last.c_str());
    const auto form = [&](const char* accepted) {
        return s.ask("boots/" + last, {}, {{"accept", accepted}})->answer.content_type;
    };
    CHECK(
        form("Application/JSON; Charset=utf-8; PROFILE=otlp") == "application/json; profile=otlp"
    );
    CHECK(form("*/*, application/json;profile=otlp") == "application/json; profile=otlp");
    CHECK(
        form("application/json;profile=otlp;q=0.5, application/json;profile=jaeger;q=0.8")
        == "application/json; profile=jaeger"
    );
    for (const char* ours :
         {"*/*",
          "text/plain; profile=otlp",
          "application/json; profile=otlpx",
          "application/json; x=\"profile=otlp\"",
          "application/json; profile=otlp; q=0",
          "application/json, application/json; profile=otlp; q=0.9"}) {
        CAPTURE(ours);
        CHECK(form(ours) == "application/json");
    }

    CHECK(s.ask("boots/" + earlier)->error_code() == "E_NOT_FOUND");  // of the same second
    const auto asked = s.ask("boots/" + earlier, {{"node", other.id}});
    s.answer("/v1/boots", R"({"boots":[)" + boot(last) + "," + boot(earlier) + "]}");
    CHECK(asked->json().at("data").at("id") == earlier.c_str());
    const auto never = s.ask("boots/" + std::string(32, '3'), {{"node", other.id}});
    s.answer("/v1/boots", R"({"boots":[7,{}]})");
    CHECK(never->error_code() == "E_NOT_FOUND");
    CHECK(s.ask("boots/x", {{"node", "nobody"}})->error_code() == "E_BAD_REQUEST");

    // Of a node that answers no more: what it told last.
    const auto fail = [&] {
        REQUIRE(s.others.calls.back()->sink);
        s.others.calls.back()->answer(502, "application/json", R"({"ok":false,"error":{}})");
        s.others.calls.back()->sink.reset();
    };
    const auto kept = s.ask("boots/" + last, {{"node", other.id}});
    fail();
    CHECK(kept->json().at("data").at("id") == last.c_str());
    const auto unkept = s.ask("boots/" + earlier, {{"node", other.id}});
    fail();
    CHECK(unkept->answer.status >= 400);
    const auto all_kept = s.ask("nodes/" + other.id + "/boots");
    fail();
    CHECK(all_kept->json().at("data").at("boots").at(0).at("id") == last.c_str());
}

TEST_CASE("observe: a start of this host is no other's", "[observe]") {
    stage s;
    s.host.own_boots = {{{"id", std::string(32, '1')}}};
    const std::string other = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    CHECK(s.data("boots/" + std::string(32, '1')).at("node") == self.c_str());
    const auto asked = s.ask("boots/" + std::string(32, '1'), {{"node", other}});
    s.answer("/v1/boots", R"({"boots":[]})");
    CHECK(asked->error_code() == "E_NOT_FOUND");
}
