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

namespace {

void make_secret(
    const std::filesystem::path& file,
    const std::string& text,
    std::filesystem::perms mode = std::filesystem::perms::owner_read
                                  | std::filesystem::perms::owner_write
) {
    std::ofstream(file) << text;
    std::filesystem::permissions(file, mode);
}

std::string secret_in(const std::filesystem::path& file) {
    const auto secret = read_mesh_secret(file).value();
    return {secret.begin(), secret.end()};
}

}  // namespace

TEST_CASE("app: the mesh's secret is the file's bytes", "[app][gossip]") {
    const test::temp_dir dir;
    const auto file = dir.path() / "secret";
    const auto write = [&](const std::string& text) { make_secret(file, text); };
    CHECK(read_mesh_secret({})->empty());
    CHECK(read_mesh_secret(file).error().code == "E_MESH_SECRET");
    write("");
    CHECK(read_mesh_secret(file).error().code == "E_MESH_SECRET");
    write("shared");
    CHECK(secret_in(file) == "shared");
    write(std::string(1024, 'x'));
    CHECK(read_mesh_secret(file)->size() == 1024);
    write(std::string(1025, 'x'));
    CHECK(read_mesh_secret(file).error().exit == exit_code::invalid);
}

TEST_CASE("app: one line break at the end is no part of the secret", "[app][gossip]") {
    const test::temp_dir dir;
    const auto file = dir.path() / "secret";
    for (const auto* text : {"one", "one\n", "one\r\n"}) {
        make_secret(file, text);
        CHECK(secret_in(file) == "one");
    }
    make_secret(file, "one\n\n");
    CHECK(secret_in(file) == "one\n");
    make_secret(file, std::string(1024, 'x') + "\n");
    CHECK(secret_in(file).size() == 1024);
    make_secret(file, "\n");
    CHECK_THAT(read_mesh_secret(file).error().message, Catch::Matchers::EndsWith("is empty"));
}

TEST_CASE("app: a secret that others can read, or that is no file, is refused", "[app][gossip]") {
    using Catch::Matchers::Contains;
    using std::filesystem::perms;
    const test::temp_dir dir;
    const auto file = dir.path() / "secret";
    for (const auto open_to : {perms::group_read, perms::others_read}) {
        make_secret(file, "one", perms::owner_read | open_to);
        const auto refused = read_mesh_secret(file).error();
        CHECK(refused.exit == exit_code::not_permitted);
        CHECK_THAT(refused.message, Contains("is open to other users (mode 04"));
    }
    CHECK_THAT(
        read_mesh_secret(dir.path() / "none").error().message,
        Contains("cannot be read: No such file or directory")
    );
    CHECK_THAT(read_mesh_secret(dir.path()).error().message, Contains("is not a regular file"));
}
