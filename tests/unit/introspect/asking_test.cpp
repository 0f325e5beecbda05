// SPDX-License-Identifier: Apache-2.0
// Both sides in order, and who is refused.
#include "introspect_fixture.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using test::introspect_fixture;

namespace {

std::string code_in(const test::recording_answer& answer) {
    const auto envelope = boost::json::parse(answer.body).as_object();
    return std::string(envelope.at("error").as_object().at("code").as_string());
}

}  // namespace

TEST_CASE("introspect: a question is answered by the routes", "[introspect]") {
    introspect_fixture hosts;
    hosts.serve();
    auto answer = std::make_shared<test::recording_answer>();
    hosts.client()
        .ask(hosts.asked.id(), {"GET", "/v1/status", "body", {{"since", "5 & more"}}}, answer);
    REQUIRE(hosts.wait([&] { return answer->ends > 0; }));
    CHECK_FALSE(answer->fault);
    CHECK(answer->head.status == 200);
    CHECK(answer->head.content_type == http::content_type_json);
    CHECK(answer->body == "{\"ok\":true}\n");
    CHECK(hosts.routes.last.body == "body");
    CHECK(hosts.routes.last.query == http::query_map{{"since", "5 & more"}});
}

TEST_CASE("introspect: questions share a connection, which goes when nobody asks", "[introspect]") {
    introspect_fixture hosts;
    hosts.asking.linger = 10ms;
    hosts.serve();
    hosts.get("/v1/status");
    hosts.get("/v1/status");
    CHECK(hosts.asked.measure().opened == 1);
    REQUIRE(hosts.wait([&] { return hosts.asked.measure().connections == 0; }));
    CHECK(hosts.client().measure().connections == 0);
    CHECK_FALSE(hosts.get("/v1/status")->fault);
    CHECK(hosts.asked.measure().opened == 2);
}

TEST_CASE("introspect: more questions than streams wait for their turn", "[introspect]") {
    introspect_fixture hosts;
    hosts.serve();
    std::vector<std::shared_ptr<test::recording_answer>> answers;
    for (int i = 0; i < 20; ++i)
        answers.push_back(hosts.ask("/v1/status"));
    const auto has_ended = [](const auto& each) { return each->ends == 1 && !each->fault; };
    CHECK(hosts.wait([&] { return std::all_of(answers.begin(), answers.end(), has_ended); }));
    CHECK(hosts.server->measure().refused == 0);
}

TEST_CASE("introspect: a large answer comes whole", "[introspect]") {
    introspect_fixture hosts;
    hosts.serve();
    const auto answer = hosts.get("/v1/large");
    CHECK_FALSE(answer->fault);
    CHECK(answer->body == hosts.routes.large);
}

TEST_CASE("introspect: a stream goes on until the asker has enough", "[introspect]") {
    introspect_fixture hosts;
    hosts.asking.timeout = 20ms;  // is for heads: a stream may be silent for longer
    hosts.serve();
    const auto answer = hosts.ask("/v1/events");
    REQUIRE(hosts.wait([&] { return hosts.routes.held.size() == 1; }));
    bool is_told = false;
    hosts.routes.held[0]->watch([&] { is_told = true; });
    hosts.routes.held[0]->write("one\n");
    REQUIRE(hosts.wait([&] { return answer->body == "one\n"; }));
    hosts.routes.held[0]->write("two\n");
    REQUIRE(hosts.wait([&] { return answer->body == "one\ntwo\n"; }));
    hosts.call->cancel();
    REQUIRE(hosts.wait([&] { return is_told; }));
    CHECK_FALSE(hosts.routes.held[0]->write("three\n"));
    CHECK(answer->ends == 0);
}

TEST_CASE("introspect: an asker that takes no more stops the stream", "[introspect]") {
    introspect_fixture hosts;
    hosts.asker.set_window(1000);
    hosts.serve();
    const auto answer = hosts.ask("/v1/events");
    answer->is_taking = false;
    REQUIRE(hosts.wait([&] { return hosts.routes.held.size() == 1; }));
    auto& stream = *hosts.routes.held[0];
    bool has_room = false;
    stream.watch([&] { has_room = true; });
    const std::string block(20'000, 'x');
    CHECK(stream.write(block));
    CHECK(stream.waiting() > 10'000);
    REQUIRE(hosts.wait([&] { return !answer->body.empty(); }));
    CHECK(answer->body.size() <= 1000);
    CHECK_FALSE(has_room);
    answer->is_taking = true;
    hosts.call->resume();
    REQUIRE(hosts.wait([&] { return answer->body.size() == block.size(); }));
    CHECK(hosts.wait([&] { return has_room; }));
}

TEST_CASE("introspect: who is no member is not let in", "[introspect]") {
    introspect_fixture hosts;
    hosts.is_member = false;
    hosts.serve();
    const auto answer = hosts.get("/v1/status");
    CHECK(answer->has_failed("E_NOT_PERMITTED"));
    CHECK(answer->fault->exit == exit_code::not_permitted);
    CHECK(hosts.routes.asked_times == 0);
    CHECK(hosts.server->measure().connections == 0);
}

TEST_CASE("introspect: who is no member any more gets no further answer", "[introspect]") {
    introspect_fixture hosts;
    hosts.serve();
    CHECK(hosts.get("/v1/status")->head.status == 200);
    hosts.is_member = false;
    const auto answer = hosts.get("/v1/status");
    CHECK(answer->head.status == 403);
    CHECK(code_in(*answer) == "E_NOT_PERMITTED");
}

TEST_CASE("introspect: nothing is permitted unless allowed", "[introspect]") {
    using introspect::permission;
    introspect_fixture hosts;
    const auto [allow, get, post] = GENERATE(
        std::make_tuple(permission::none, 403u, 403u),
        std::make_tuple(permission::read, 200u, 403u),
        std::make_tuple(permission::all, 200u, 200u)
    );
    hosts.options.allow = allow;
    hosts.serve();
    CHECK(hosts.get("/v1/status")->head.status == get);
    const auto posted = hosts.get("/v1/status", "POST");
    CHECK(posted->head.status == post);
    if (post == 403) CHECK(code_in(*posted) == "E_NOT_PERMITTED");
}

TEST_CASE("introspect: a mesh with a secret wants its proof", "[introspect]") {
    introspect_fixture hosts;
    const byte_buffer secret{1, 2, 3};
    hosts.options.mesh_secret = secret;
    const auto [mine, status] = GENERATE_COPY(
        std::make_tuple(secret, 200u),
        std::make_tuple(byte_buffer{1, 2, 4}, 403u),
        std::make_tuple(byte_buffer{}, 403u)
    );
    hosts.asking.mesh_secret = mine;
    hosts.serve();
    CHECK(hosts.get("/v1/status")->head.status == status);
}

TEST_CASE("introspect: a host that does not answer costs the timeout and no more", "[introspect]") {
    introspect_fixture hosts;
    hosts.asking.timeout = 20ms;
    hosts.serve();
    const auto answer = hosts.get("/v1/silence");
    CHECK(answer->has_failed("E_TIMEOUT"));
    CHECK(hosts.client().measure().connections == 0);
    // Its late answer goes nowhere.
    hosts.routes.held[0]->reply({200, "text/plain", "late"});
    CHECK_FALSE(hosts.get("/v1/status")->fault);
}

TEST_CASE("introspect: why a host cannot be asked is told", "[introspect]") {
    introspect_fixture hosts;  // serves nothing
    CHECK(hosts.get("/v1/status")->has_failed("E_ALPN"));
    hosts.knows_address = false;
    const auto answer = hosts.get("/v1/status");
    CHECK(answer->has_failed("E_NO_ADDRESS"));
    CHECK(answer->fault->exit == exit_code::unreachable);
}

TEST_CASE("introspect: a server that goes ends what it was answering", "[introspect]") {
    introspect_fixture hosts;
    hosts.serve();
    const auto answer = hosts.ask("/v1/events");
    REQUIRE(hosts.wait([&] { return hosts.routes.held.size() == 1; }));
    hosts.server.reset();
    CHECK_FALSE(hosts.routes.held[0]->write("nobody hears\n"));
    CHECK(hosts.wait([&] { return answer->ends == 1; }));
    CHECK(answer->fault);
}

TEST_CASE("introspect: too many questions to one host are refused at once", "[introspect]") {
    introspect_fixture hosts;
    hosts.asking.questions_max = 2;
    hosts.serve();
    const auto one = hosts.ask("/v1/silence");
    const auto two = hosts.ask("/v1/silence");
    const auto three = hosts.ask("/v1/silence");
    CHECK(three->ends == 0);  // never from inside the call
    REQUIRE(hosts.wait([&] { return three->ends == 1; }));
    CHECK(three->has_failed("E_API_FULL"));
    CHECK(hosts.client().measure().questions == 2);
}
