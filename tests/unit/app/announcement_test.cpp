// SPDX-License-Identifier: Apache-2.0
#include "app/announcement.hpp"
#include "support/catch.hpp"

using namespace meshhost;

namespace {

admin::node_snapshot ready_node() {
    admin::node_snapshot node;
    node.name = "gateway-01";
    node.mesh = "lab";
    node.id = std::string(64, 'a');
    node.ticket = "endpointabc";
    node.state = "alive";
    node.bound = {"0.0.0.0:4433", "[::]:4433"};
    node.ready_after = 14200us;
    return node;
}

const std::vector<admin::plugin_snapshot> one_plugin{
    {"gateway-0", "gateway", "0.1.0", "/p/gateway.so", "running", "1.0", ""}};

}  // namespace

TEST_CASE("app: a host announces itself in a few lines, the last of which is ready", "[app]") {
    CHECK(
        app::ready_text(ready_node(), one_plugin, "/run/meshhost/default.sock")
        == "node     gateway-01 in mesh lab\n"
           "id       "
               + std::string(64, 'a')
               + "\n"
                 "ticket   endpointabc\n"
                 "role     gateway 0.1.0 (/p/gateway.so, running)\n"
                 "bound    0.0.0.0:4433, [::]:4433\n"
                 "socket   /run/meshhost/default.sock\n"
                 "ready in 14.2 ms\n"
    );
}

TEST_CASE("app: a plugin that could not be loaded is announced with its reason", "[app]") {
    const std::vector<admin::plugin_snapshot> failed{
        {"b", "", "", "/p/gone.so", "failed", "", "MP001 cannot open"}};
    CHECK_THAT(
        app::ready_text(ready_node(), failed, "/s"),
        Catch::Matchers::Contains("role     b (/p/gone.so, failed): MP001 cannot open\n")
    );
}

TEST_CASE("app: the announcement for programs is an envelope of the status", "[app]") {
    const auto said = app::ready_json(ready_node(), one_plugin, "/run/meshhost/default.sock");
    CHECK(said.at("schema").as_string() == "meshhost.ready/1");
    const auto& data = said.at("data").as_object();
    CHECK(data.at("self").at("ticket").as_string() == "endpointabc");
    CHECK(data.at("self").at("ready_us").to_number<int>() == 14200);
    CHECK(data.at("plugins").as_array().size() == 1);
    CHECK(data.at("socket").as_string() == "/run/meshhost/default.sock");
}
