// SPDX-License-Identifier: Apache-2.0
#include "admin/action_routes.hpp"
#include "api_fixture.hpp"

using namespace meshhost;
using test::api;

TEST_CASE("drain and resume say which state follows", "[admin]") {
    api local;
    const auto state = [&](const char* path) {
        return std::string(local.ask("POST", path)->json().at("data").at("state").as_string());
    };
    CHECK(state("/v1/drain") == "draining");
    CHECK(local.host.is_drained);
    CHECK(state("/v1/resume") == "alive");
    CHECK_FALSE(local.host.is_drained);
    CHECK(local.ask("GET", "/v1/drain")->answer.status == 405);
}

TEST_CASE("faults are injected where that is allowed", "[admin]") {
    api local;
    const char* body = R"({"loss":0.05,"block":["127.0.0.1:4433"],"block_relayed":[)"
                       R"("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"]})";
    const auto refused = local.ask("POST", "/v1/lab/faults", body);
    CHECK(refused->answer.status == 403);
    CHECK(refused->error_code() == "E_NOT_A_LAB");
    local.host.is_lab = true;
    const auto data = local.ask("POST", "/v1/lab/faults", body)->json().at("data").as_object();
    CHECK(data.at("loss").as_double() == 0.05);
    CHECK(data.at("block").as_array().at(0).as_string() == "127.0.0.1:4433");
    CHECK(local.host.faults.block.size() == 1);
    CHECK(local.host.faults.block_relayed.size() == 1);
    CHECK(local.ask("POST", "/v1/lab/faults", "{}")->answer.status == 200);
    CHECK(local.host.faults.block.empty());
    CHECK(local.host.faults.loss == 0);
}

TEST_CASE("faults that make no sense are refused", "[admin]") {
    for (const auto* body :
         {"",
          "[]",
          R"({"loss":"much"})",
          R"({"loss":-0.1})",
          R"({"loss":1.1})",
          R"({"block":"all"})",
          R"({"block":[1]})",
          R"({"block":["127.0.0.1"]})",
          R"({"block_relayed":["nobody"]})"})
        CHECK(admin::parse_faults(body).error().code == "E_BAD_REQUEST");
    std::string many = R"({"block":["127.0.0.1:1")";
    for (std::size_t i = 0; i < admin::blocked_max; ++i)
        many += R"(,"127.0.0.1:1")";
    CHECK_FALSE(admin::parse_faults(many + "]}").has_value());
}

TEST_CASE("a plugin is made to fail", "[admin]") {
    api local;
    const char* body = R"({"instance":"compute-0"})";
    CHECK(local.ask("POST", "/v1/lab/plugin-crash", body)->error_code() == "E_NOT_A_LAB");
    local.host.is_lab = true;
    CHECK(local.ask("POST", "/v1/lab/plugin-crash", body)->answer.status == 200);
    CHECK(local.host.crashed == "compute-0");
    CHECK(local.ask("POST", "/v1/lab/plugin-crash", "{}")->error_code() == "E_BAD_REQUEST");
}

TEST_CASE("a reload says what became of each instance", "[admin]") {
    api local;
    const auto exchange = local.ask("POST", "/v1/reload");
    CHECK(exchange->answer.status == 200);
    const auto data = exchange->json().at("data").as_object();
    CHECK_FALSE(data.at("applied").as_bool());
    const auto& instance = data.at("instances").as_array().at(0).as_object();
    CHECK(instance.at("outcome").as_string() == "refused");
    CHECK(instance.at("changed").as_array().at(0).as_string() == "a.b");
    CHECK(instance.at("reason").as_string() == "no");
    CHECK(local.ask("GET", "/v1/reload")->answer.status == 405);
}

TEST_CASE("what is below an instance is asked of it", "[admin]") {
    api local;
    const auto metrics = local.ask("GET", "/v1/plugins/compute-0/metrics")->json().at("data");
    CHECK(metrics.at("fresh").as_bool());
    const auto& jobs = metrics.at("metrics").as_array().at(0);
    CHECK(jobs.at("name").as_string() == "jobs");
    CHECK(jobs.at("kind").as_string() == "counter");
    const auto& point = jobs.at("points").as_array().at(0);
    CHECK(point.at("value").as_double() == 7);
    CHECK(point.at("attributes").at("kind").as_string() == "a");
    const auto spans = local.ask("GET", "/v1/plugins/compute-0/spans")->json().at("data");
    const auto& span = spans.at("spans").as_array().at(0);
    CHECK(span.at("span").as_string() == "0000000000000001");
    CHECK(span.at("parent").is_null());
    for (const char* path : {"/v1/plugins/nobody/metrics", "/v1/plugins/nobody/spans"})
        CHECK(local.ask("GET", path)->error_code() == "E_NO_SUCH_INSTANCE");
    for (const char* path : {"/v1/plugins/compute-0", "/v1/plugins/", "/v1/plugins/a/b/c"})
        CHECK(local.ask("GET", path)->error_code() == "E_NO_SUCH_PATH");
    CHECK(local.ask("POST", "/v1/plugins/compute-0/metrics")->error_code() == "E_NO_SUCH_PATH");
}

TEST_CASE("a role is started again, or gets new code", "[admin]") {
    api local;
    const char* body = R"({"instance":"compute-0"})";
    CHECK(local.ask("POST", "/v1/plugins/restart", body)->answer.status == 200);
    CHECK(local.host.restarted == "compute-0");
    const auto reloaded = local.ask("POST", "/v1/plugins/reload", body);
    CHECK(reloaded->answer.status == 200);
    CHECK(reloaded->answer.body.find("\"generation\":2") != std::string::npos);
    const char* bad = R"({"instance":"compute-0","path":"/p/bad.so"})";
    CHECK(local.ask("POST", "/v1/plugins/reload", bad)->error_code() == "MP320");
    for (const char* order : {"/v1/plugins/restart", "/v1/plugins/reload"}) {
        CHECK(local.ask("POST", order, R"({"instance":"x"})")->error_code() == "E_NO_PLUGIN");
        CHECK(local.ask("POST", order, R"({"instance":7})")->error_code() == "E_BAD_REQUEST");
    }
}
