// SPDX-License-Identifier: Apache-2.0
#include <mesh/plugin.h>

#include "plugin/instance_plan.hpp"
#include "plugin/probe_request.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <fstream>

using namespace meshhost;
using namespace meshhost::plugin;

namespace {

role_description role(std::string name) {
    role_description made;
    made.name = std::move(name);
    return made;
}

}  // namespace

TEST_CASE("plan: an instance gets the first number that is free", "[plugin][plan]") {
    const std::vector<role_description> roles{role("compute")};
    const auto plan = plan_instance(roles, {}, {}, {{"compute-0", "compute"}, {"compute-2", "x"}});
    REQUIRE(plan.has_value());
    CHECK(plan->instance == "compute-1");
    CHECK(plan->role == &roles[0]);
    CHECK(plan->digest_bytes == proto::digest_bytes_default);
}

TEST_CASE("plan: an instance takes the settings of its name", "[plugin][plan]") {
    const std::vector<role_description> roles{role("compute")};
    plugin_settings settings;
    settings.instances["fast"] = {.config = {{{"n", 1}}, {}}, .digest_bytes = 512};
    settings.defaults.digest_bytes = 100;
    const auto named =
        plan_instance(roles, {.argument = "", .instance = "fast", .role = ""}, settings, {});
    REQUIRE(named.has_value());
    CHECK(named->digest_bytes == 512);
    CHECK(named->config.contains("n"));
    const auto numbered = plan_instance(roles, {}, settings, {});
    REQUIRE(numbered.has_value());
    CHECK(numbered->config.empty());
    CHECK(numbered->digest_bytes == 100);
}

TEST_CASE("plan: an argument with a slash is a path, else a name", "[plugin][plan]") {
    const test::temp_dir dir;
    std::ofstream(dir / "compute.so").flush();
    CHECK(resolve_plugin("./compute.so", dir.path()) == "./compute.so");
    CHECK(resolve_plugin("compute.so", dir.path()) == (dir / "compute.so").string());
    CHECK(resolve_plugin("compute", dir.path()) == (dir / "compute.so").string());
    CHECK(resolve_plugin("other.so", dir.path()) == (dir / "other.so").string());
}

TEST_CASE("probe request: what goes to the probe arrives", "[plugin][plan]") {
    probe_request request;
    request.spec = {.argument = "x.so", .instance = "a-1", .role = "a"};
    request.settings.instances["a-1"] = {
        .config = {{{"n", 1}, {"t", {{"s", "x"}}}}, {{"t.s", "/m.toml:3:1"}}},
        .digest_bytes = 99};
    request.settings.instances["b-1"] = {.config = {{{"secret", "of another"}}, {}}};
    const auto read = decode_probe_request(encode(request));
    REQUIRE(read.has_value());
    CHECK(read->spec.instance == "a-1");
    CHECK(read->spec.role == "a");
    const auto& settings = own_settings(*read);
    CHECK(settings.config.values == request.settings.instances["a-1"].config.values);
    CHECK(settings.config.origins == request.settings.instances["a-1"].config.origins);
    CHECK(settings.digest_bytes == 99);
    CHECK(encode(request).find("of another") == std::string::npos);
    for (const char* wrong : {"", "{}", "[]", "{\"instance\": 1}"})
        CHECK_FALSE(decode_probe_request(wrong));
}
