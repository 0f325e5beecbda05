// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "unit/observe/routes_stage.hpp"
#include "unit/observe/unpack_gzip.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using namespace meshhost::observe;
using test::header_of;
using test::self;
using stage = test::routes_stage;

namespace json = boost::json;

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

TEST_CASE("observe: a survey is packed once for all who hear the same", "[observe]") {
    stage s;
    const auto ask = [&](const char* accepted) {
        auto answer = s.ask("boots", {}, {{"accept-encoding", accepted}});
        REQUIRE(test::run_until(s.shard, [&] { return answer->answer.status != 0; }));
        return answer;
    };
    for (int i = 0; i < 30; ++i)  // enough to be packed
        s.host.known.push_back(s.host.known.front());
    const auto first = ask("gzip");
    REQUIRE(header_of(*first, "Content-Encoding") == "gzip");
    const auto later = s.shard.now() + 5ms;  // another would bear another time
    REQUIRE(test::run_until(s.shard, [&] { return s.shard.now() > later; }));
    CHECK(ask("gzip")->answer.body == first->answer.body);
    const auto plain = ask("")->json();
    CHECK(
        json::parse(test::unpack_gzip(first->answer.body)).at("data").at("nodes")
        == plain.at("data").at("nodes")
    );
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
