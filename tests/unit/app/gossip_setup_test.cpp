// SPDX-License-Identifier: Apache-2.0
#include "app/gossip_setup.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

#include <fstream>

using namespace meshhost;
using namespace meshhost::app;

TEST_CASE("app: a tier has its views, and settings overrule them", "[app][gossip]") {
    config::gossip_config settings;
    CHECK(gossip_options_of(settings, 1).machines.membership.active_max == 5);
    settings.tier = "hub";
    CHECK(gossip_options_of(settings, 1).machines.membership.active_max > 5);
    settings.tier = "leaf";
    CHECK(gossip_options_of(settings, 1).machines.membership.active_max < 5);
    settings.active_view = 1;
    settings.passive_view = 9;
    settings.shuffle_interval = 8s;
    settings.probe_interval = 4s;
    settings.alpn = "/other/1";
    const auto options = gossip_options_of(settings, 1);
    CHECK(options.machines.membership.active_max == 1);
    CHECK(options.machines.membership.own_choice_quota <= 1);
    CHECK(options.machines.membership.passive_max == 9);
    CHECK(options.machines.shuffle.interval_max == 8s);
    CHECK(options.machines.heal.interval == 4s);
    CHECK(options.alpn == "/other/1");
}

TEST_CASE("app: the mesh's secret is the file's bytes", "[app][gossip]") {
    const test::temp_dir dir;
    const auto file = dir.path() / "secret";
    const auto write = [&](const std::string& text) { std::ofstream(file) << text; };
    CHECK(read_mesh_secret({})->empty());
    CHECK(read_mesh_secret(file).error().code == "E_MESH_SECRET");
    write("");
    CHECK(read_mesh_secret(file).error().code == "E_MESH_SECRET");
    write("shared");
    const auto secret = read_mesh_secret(file).value();
    CHECK(std::string(secret.begin(), secret.end()) == "shared");
    write(std::string(1024, 'x'));
    CHECK(read_mesh_secret(file)->size() == 1024);
    write(std::string(1025, 'x'));
    CHECK(read_mesh_secret(file).error().exit == exit_code::invalid);
}
