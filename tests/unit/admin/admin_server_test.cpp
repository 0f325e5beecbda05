// SPDX-License-Identifier: Apache-2.0
#include "api_fixture.hpp"

using namespace meshhost;
using test::api;

TEST_CASE("admin: every question is answered under its schema", "[admin]") {
    const std::string name = GENERATE(
        as<std::string>(),
        "status",
        "peers",
        "identity",
        "plugins",
        "probe",
        "config",
        "topology",
        "meters",
        "events",
        "audit"
    );
    api local;
    const auto exchange = local.ask("GET", "/v1/" + name);
    CHECK(exchange->answer.status == 200);
    const auto envelope = exchange->json();
    CHECK(envelope.at("schema").as_string() == "meshhost." + name + "/1");
    CHECK(envelope.at("ok").as_bool());
    CHECK(envelope.at("data").is_object());
}

TEST_CASE("admin: a GET changes nothing", "[admin]") {
    api local;
    CHECK(local.ask("GET", "/v1/rebind")->answer.status == 405);
    CHECK(local.ask("GET", "/v1/ping", R"({"peer":"x"})")->answer.status == 405);
    CHECK(local.host.rebinds == 0);
    CHECK(local.host.ping_sink == nullptr);
}

TEST_CASE("admin: a question cannot be posted", "[admin]") {
    api local;
    const auto exchange = local.ask("POST", "/v1/status");
    CHECK(exchange->answer.status == 405);
    CHECK(exchange->error_code() == "E_METHOD");
}

TEST_CASE("admin: an unknown path is 404, in JSON", "[admin]") {
    api local;
    for (const auto* path : {"/", "/v1", "/v1/status/", "/v1/../status", "/v1/status%00", ""}) {
        const auto exchange = local.ask("GET", path);
        CHECK(exchange->answer.status == 404);
        CHECK(exchange->error_code() == "E_NO_SUCH_PATH");
    }
}

TEST_CASE("admin: rebind is done when posted", "[admin]") {
    api local;
    CHECK(local.ask("POST", "/v1/rebind")->answer.status == 200);
    CHECK(local.host.rebinds == 1);
}

TEST_CASE("admin: a ping of nobody is 404 with its reason", "[admin]") {
    api local;
    const auto exchange = local.ask("POST", "/v1/ping", R"({"peer":"nobody"})");
    CHECK(exchange->answer.status == 404);
    CHECK(exchange->error_code() == "E_PEER_UNKNOWN");
    CHECK(exchange->json().at("error").as_object().at("exit").as_int64() == 4);
}

TEST_CASE("admin: the probe counts the API's own connections", "[admin]") {
    api local;
    const auto data = local.ask("GET", "/v1/probe")->json().at("data").as_object();
    CHECK(data.at("transport").as_object().at("opened").to_number<int>() == 12);
    CHECK(data.at("admin").as_object().at("connections").to_number<int>() == 0);
}

TEST_CASE("admin: a full API is not the fault of who asks", "[admin]") {
    api local;
    const auto code_of = [](const http::response& answer) {
        return boost::json::parse(answer.body).at("error").at("code").as_string();
    };
    CHECK(
        code_of(local.server.local().describe_fault(503, "too many connections")) == "E_API_FULL"
    );
    CHECK(code_of(local.server.local().describe_fault(400, "no request")) == "E_BAD_REQUEST");
}

TEST_CASE("admin: an audit names its rules and what is against them", "[admin]") {
    api local;
    const auto data = local.ask("GET", "/v1/audit")->json().at("data").as_object();
    CHECK(data.at("checked").to_number<int>() == 1);
    const auto& rule = data.at("rules").as_array().at(0).as_object();
    CHECK(rule.at("rule").as_string() == "connections.counted");
    CHECK_FALSE(rule.at("ok").as_bool());
    const auto& found = data.at("discrepancies").as_array().at(0).as_object();
    CHECK(found.at("owner").as_string() == "transport");
    CHECK(found.at("expected").to_number<int>() == 3);
    CHECK(found.at("found").to_number<int>() == 4);
}
