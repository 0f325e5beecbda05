// SPDX-License-Identifier: Apache-2.0
// What is asked of other hosts: via, mesh/meters, node.
#include "admin/via_route.hpp"
#include "api_fixture.hpp"
#include "identity/secret_key.hpp"

#include <array>

using namespace meshhost;
using test::api;

namespace {

admin::peer_snapshot peer_of(unsigned seed, std::string name, std::string state = "alive") {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes[0] = static_cast<std::uint8_t>(seed >> 8);
    bytes[1] = static_cast<std::uint8_t>(seed);
    admin::peer_snapshot peer;
    peer.id = identity::secret_key::from_seed(bytes).id().to_hex();
    peer.name = std::move(name);
    peer.state = std::move(state);
    peer.roles = {"compute"};
    return peer;
}

struct mesh_api : api {
    mesh_api() {
        host.known = {
            peer_of(1, "compute-02"),
            peer_of(2, "compute-03"),
            peer_of(3, "compute-04", "dead"),
            peer_of(4, "twin"),
            peer_of(5, "twin")};
    }
    /// Answers the question number `at` with an envelope around `data`.
    void answer(std::size_t at, std::string_view data) {
        others.calls.at(at)->answer(
            200,
            http::content_type_json,
            std::string(R"({"ok":true,"data":)") + std::string(data) + "}"
        );
    }
    std::string error_of(const std::string& path) { return ask("GET", path)->error_code(); }
};

}  // namespace

TEST_CASE("via: the question goes to the node, and its answer comes back", "[admin]") {
    mesh_api local;
    const auto asked = local.ask("GET", "/v1/via/compute-02/events", "", {{"since", "7"}});
    REQUIRE(local.others.calls.size() == 1);
    const auto& call = *local.others.calls[0];
    CHECK(call.whom.to_hex() == local.host.known[0].id);
    CHECK(call.asked.path == "/v1/events");
    CHECK(call.asked.query == http::query_map{{"since", "7"}});
    call.answer(403, http::content_type_json, "{\"ok\":false}");
    CHECK(asked->answer.status == 403);
    CHECK(asked->answer.body == "{\"ok\":false}");
}

TEST_CASE("via: a node is named, numbered or begun", "[admin]") {
    mesh_api local;
    const auto id = local.host.known[1].id;
    for (const auto& name :
         {std::string("compute-03"), id, id.substr(0, 8), std::string("compute%2D03")})
        local.ask("GET", "/v1/via/" + name + "/status");
    REQUIRE(local.others.calls.size() == 4);
    for (const auto& call : local.others.calls)
        CHECK(call->whom.to_hex() == id);
    local.ask("GET", "/v1/via/compute/1/status");
    CHECK(local.others.calls.back()->asked.path == "/v1/status");
}

TEST_CASE("via: who is meant has to be clear", "[admin]") {
    mesh_api local;
    const auto twins = local.ask("GET", "/v1/via/twin/status");
    CHECK(twins->error_code() == "E_AMBIGUOUS");
    const std::string message(twins->json().at("error").at("message").as_string());
    CHECK(message.find(local.host.known[3].id.substr(0, 8)) != std::string::npos);
    CHECK(message.find(local.host.known[4].id.substr(0, 8)) != std::string::npos);
    CHECK(local.error_of("/v1/via/nobody/status") == "E_PEER_UNKNOWN");
    CHECK(local.error_of("/v1/via/") == "E_BAD_REQUEST");
    CHECK(local.error_of("/v1/via/compute-02") == "E_BAD_REQUEST");
    CHECK(local.error_of("/v1/via/%zz/status") == "E_BAD_REQUEST");
    CHECK(local.others.calls.empty());
}

TEST_CASE("via: another host is not made to ask a third", "[admin]") {
    mesh_api local;
    CHECK(local.error_of("/v1/via/compute-02/via/compute-03/status") == "E_BAD_REQUEST");
    CHECK(local.error_of("/v1/via/compute-02/mesh/meters") == "E_BAD_REQUEST");
    for (const auto* path : {"/v1/via/a/status", "/v1/mesh/meters", "/v1/node"}) {
        const auto remote = std::make_shared<test::fake_exchange>();
        local.server.remote().on_request({"GET", path, "", {}}, remote);
        CHECK(remote->error_code() == "E_NO_SUCH_PATH");
    }
    CHECK(local.others.calls.empty());
}

TEST_CASE("via: this host answers for itself", "[admin]") {
    mesh_api local;
    CHECK(local.ask("GET", "/v1/via/compute-01/status")->answer.status == 200);
    CHECK(local.others.calls.empty());
}

TEST_CASE("via: a failure to ask is the answer", "[admin]") {
    mesh_api local;
    const auto asked = local.ask("GET", "/v1/via/compute-02/status");
    local.others.calls[0]->sink->on_end(failure{exit_code::timeout, "E_TIMEOUT", "late", ""});
    CHECK(asked->answer.status == 504);
    CHECK(asked->error_code() == "E_TIMEOUT");
}

TEST_CASE("via: a stream is passed on no faster than it is read", "[admin]") {
    mesh_api local;
    const auto asked = local.ask("GET", "/v1/via/compute-02/events", "", {{"follow", "true"}});
    auto& call = *local.others.calls[0];
    call.sink->on_head({200, http::content_type_ndjson});
    CHECK(call.sink->on_body(as_bytes("{}\n")));
    asked->set_reading(false);
    const std::string block(admin::via_route::unread_max + 1, ' ');
    CHECK_FALSE(call.sink->on_body(as_bytes(block)));
    CHECK_FALSE(call.sink->on_body(as_bytes(block)));  // was on its way
    CHECK(asked->unread <= 2 * admin::via_route::unread_max);
    CHECK(call.resumed == 0);
    asked->set_reading(true);
    CHECK(call.resumed > 0);
    CHECK(asked->answer.body.size() == 3 + 2 * block.size());
    call.sink->on_end({});
    CHECK(asked->is_finished);
}

TEST_CASE("via: a client that goes ends the question", "[admin]") {
    mesh_api local;
    const auto asked = local.ask("GET", "/v1/via/compute-02/events", "", {{"follow", "true"}});
    local.others.calls[0]->sink->on_head({200, http::content_type_ndjson});
    asked->leave();
    CHECK(local.others.calls[0]->is_cancelled);
}

TEST_CASE("via: an answer over the limit is refused", "[admin]") {
    mesh_api local;
    const auto asked = local.ask("GET", "/v1/via/compute-02/status");
    auto& call = *local.others.calls[0];
    call.sink->on_head({200, http::content_type_json});
    const std::string block(1 << 20, 'x');
    for (int i = 0; i < 5 && !call.is_cancelled; ++i)
        call.sink->on_body(as_bytes(block));
    CHECK(call.is_cancelled);
    CHECK(asked->error_code() == "E_ANSWER_TOO_LARGE");
}

TEST_CASE("mesh meters: a line of each host, the dead not asked", "[admin]") {
    mesh_api local;
    const auto asked = local.ask("GET", "/v1/mesh/meters");
    REQUIRE(local.others.calls.size() == 4);
    CHECK(local.others.calls[0]->asked.path == "/v1/meters");
    local.answer(0, R"({"name":"compute-02","id":"somebody else"})");
    local.answer(1, "7");
    local.others.calls[2]->sink->on_end(failure{exit_code::timeout, "E_TIMEOUT", "late", ""});
    CHECK_FALSE(asked->is_finished);
    local.others.calls[3]->answer(
        403,
        http::content_type_json,
        R"({"ok":false,"error":{"code":"E_NOT_PERMITTED","message":"no","exit":6}})"
    );
    CHECK(asked->is_finished);
    const auto lines = asked->lines();
    REQUIRE(lines.size() == 5);
    CHECK(lines[0].at("name").as_string() == "compute-01");
    CHECK(lines[1].at("id").as_string() == local.host.known[0].id);  // whatever it says
    CHECK(lines[2].at("error").at("code").as_string() == "E_BAD_ANSWER");
    CHECK(lines[3].at("error").at("code").as_string() == "E_TIMEOUT");
    CHECK(lines[3].at("name").as_string() == "twin");
    CHECK(lines[4].at("error").at("code").as_string() == "E_NOT_PERMITTED");
}

TEST_CASE("mesh meters: alone, there is one line", "[admin]") {
    api local;
    local.host.known.clear();
    const auto asked = local.ask("GET", "/v1/mesh/meters");
    CHECK(asked->lines().size() == 1);
    CHECK(asked->is_finished);
}

TEST_CASE("mesh meters: who has not answered is not asked again", "[admin]") {
    mesh_api local;
    const auto watcher =
        local.ask("GET", "/v1/mesh/meters", "", {{"follow", "true"}, {"interval_ms", "250"}});
    local.answer(0, "{}");
    const auto own_lines = [&] {
        const auto lines = watcher->lines();
        return std::count_if(lines.begin(), lines.end(), [](const auto& line) {
            return line.contains("schema");
        });
    };
    REQUIRE(local.wait([&] { return own_lines() >= 2; }));
    CHECK(local.others.calls.size() == 5);  // the one that answered, anew
    watcher->leave();
    for (std::size_t i = 1; i < local.others.calls.size(); ++i)
        CHECK(local.others.calls[i]->is_cancelled);
}

TEST_CASE("mesh meters: questions under way and hosts are limited", "[admin]") {
    mesh_api local;
    local.host.known.clear();
    for (unsigned i = 0; i < 300; ++i)
        local.host.known.push_back(peer_of(i, "x"));
    const auto asked = local.ask("GET", "/v1/mesh/meters");
    CHECK(local.others.calls.size() == admin::mesh_question().at_once);
    for (std::size_t i = 0; i < local.others.calls.size(); ++i)
        local.answer(i, "{}");
    CHECK(local.others.calls.size() == admin::mesh_question().hosts_max);
    CHECK(asked->is_finished);
    const auto lines = asked->lines();
    const auto told = std::count_if(lines.begin(), lines.end(), [](const auto& line) {
        return line.contains("error");
    });
    CHECK(told == 1);  // that there are more
    CHECK(lines.size() == admin::mesh_question().hosts_max + 2);
}

TEST_CASE("node: what is known, and its figures from itself", "[admin]") {
    mesh_api local;
    const auto asked = local.ask("GET", "/v1/node", "", {{"id", "compute-02"}});
    REQUIRE(local.others.calls.size() == 1);
    local.answer(0, R"({"name":"compute-02"})");
    const auto data = asked->json().at("data").as_object();
    CHECK(data.at("peer").at("name").as_string() == "compute-02");
    CHECK(data.at("live").at("name").as_string() == "compute-02");
    CHECK(data.at("live_error").is_null());
}

TEST_CASE("node: one that is gone is not asked, one that does not answer is told", "[admin]") {
    mesh_api local;
    const auto dead = local.ask("GET", "/v1/node", "", {{"id", "compute-04"}})->json();
    CHECK(dead.at("data").at("live").is_null());
    CHECK(dead.at("data").at("live_error").at("code").as_string() == "E_UNREACHABLE");
    const auto silent = local.ask("GET", "/v1/node", "", {{"id", "compute-03"}});
    local.others.calls[0]->sink->on_end(failure{exit_code::timeout, "E_TIMEOUT", "late", ""});
    CHECK(silent->json().at("data").at("live_error").at("code").as_string() == "E_TIMEOUT");
    const auto self = local.ask("GET", "/v1/node", "", {{"id", "compute-01"}})->json();
    CHECK(self.at("data").at("live").at("name").as_string() == "compute-01");
    CHECK(local.ask("GET", "/v1/node")->error_code() == "E_BAD_REQUEST");
}
