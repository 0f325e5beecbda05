// SPDX-License-Identifier: Apache-2.0
#include "config/config_text.hpp"
#include "tests/unit/config/loading.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

using namespace meshhost::config;
using namespace meshhost::config::test;
namespace json = boost::json;

namespace {

const config_problem wrong{"a.toml:1:1", severity::error, "no", "yes"};
const config_problem doubtful{"--set", severity::warning, "hm", ""};

}  // namespace

TEST_CASE("config: problems are a line each and end with their number", "[config]") {
    CHECK(problems_text({}) == "0 errors, 0 warnings\n");
    CHECK(
        problems_text(std::vector{wrong, doubtful})
        == "a.toml:1:1  error  no; yes\n--set  warning  hm\n1 error, 1 warning\n"
    );
}

TEST_CASE("config: problems as JSON have a hint only when there is one", "[config]") {
    CHECK(json::value(problems_json(std::vector{wrong, doubtful})) == json::parse(R"([
            {"where": "a.toml:1:1", "severity": "error", "message": "no", "hint": "yes"},
            {"where": "--set", "severity": "warning", "message": "hm"}])"));
}

TEST_CASE("config: show lists a table, a key, or says that there is none", "[config]") {
    const loaded_config loaded = load(sets({"net.port=4433"}));
    CHECK(settings_text(loaded, {.prefix = "net.port"}) == "net.port = 4433\n");
    CHECK(
        settings_text(loaded, {.prefix = "net"})
        == "net.port                 = 4433\n"
           "net.bind                 = []\n"
           "net.segmentation_offload = true\n"
           "net.port_mapping         = true\n"
    );
    CHECK(settings_text(loaded, {.prefix = "ne"}) == "no key begins with `ne`\n");
    CHECK(settings_text(loaded, {.prefix = "net.port.x"}) == "no key begins with `net.port.x`\n");
    const std::string all = settings_text(loaded, {});
    CHECK(std::count(all.begin(), all.end(), '\n') == static_cast<long>(loaded.settings.size()));
}

TEST_CASE("config: show --origin tells where each value comes from", "[config]") {
    const loaded_config loaded =
        load({{{"/etc/m.toml", "quic.keep_alive = '4s'"}}, {}, {"quic.idle_timeout=40s"}});
    const std::string text = settings_text(loaded, {.prefix = "quic", .origin = true});
    CHECK(text.starts_with("quic.idle_timeout             = \"40s\"  --set            restart\n"
                           "quic.keep_alive               = \"4s\"   /etc/m.toml:1:6  restart\n"
                           "quic.handshake_timeout        = \"10s\"  default          restart\n"));
}

TEST_CASE("config: show as JSON is an object of keys", "[config]") {
    const loaded_config loaded = load(sets({"net.bind=::1"}));
    const json::object entry{
        {"value", json::array{"::1"}},
        {"origin", "--set"},
        {"reload", "restart"}};
    CHECK(settings_json(loaded, {.prefix = "net.bind"}) == json::object{{"net.bind", entry}});
}

TEST_CASE("config: the schema knows every key and nothing else", "[config]") {
    const json::value schema = json::parse(json::serialize(schema_json()));
    CHECK(schema.at("$schema") == "https://json-schema.org/draft/2020-12/schema");
    CHECK(schema.at("additionalProperties") == false);
    const json::value& tables = schema.at("properties");
    const json::value port{
        {"type", "integer"},
        {"minimum", 0},
        {"maximum", 65535},
        {"description", "The UDP port. 0: whichever is free, a new one at each start. (0..65535)"},
        {"default", 0}};
    CHECK(tables.at("net").at("properties").at("port") == port);
    const json::value& plugin = tables.at("plugin").at("additionalProperties");
    CHECK(plugin.at("required") == json::array{"path"});
    CHECK(plugin.at("additionalProperties") == false);
    const json::value& level = tables.at("log").at("properties").at("level");
    CHECK(level.at("enum") == json::array{"trace", "debug", "info", "warn", "error", "off"});
}
