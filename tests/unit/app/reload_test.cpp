// SPDX-License-Identifier: Apache-2.0
// Which of the host's own settings have changed, and whether that needs a restart.
#include "app/reload.hpp"
#include "support/catch.hpp"

using namespace meshhost;

namespace {

config::loaded_config loaded(const std::string& text) {
    auto read = config::load_config({.files = {{"f.toml", text}}, .environment = {}, .sets = {}});
    REQUIRE(read.has_value());
    return std::move(*read);
}

}  // namespace

TEST_CASE("reload: settings are told apart by what they need", "[app]") {
    const auto before = loaded("[plugin.a]\npath = \"a.so\"\n[plugin.a.config]\nx = 1\n");
    CHECK(app::compare_settings(before, before).restart.empty());
    const auto changed = app::compare_settings(
        before,
        loaded("[log]\nlevel = \"debug\"\n[net]\nport = 7\n[plugin.a]\npath = \"a.so\"\n"
               "[plugin.a.config]\nx = 2\ny = 3\n")
    );
    CHECK(changed.live == std::vector<std::string>{"log.level"});
    CHECK(changed.restart == std::vector<std::string>{"net.port"});
    const auto gone = app::compare_settings(before, loaded("[plugin.b]\npath = \"a.so\"\n"));
    CHECK(gone.live.empty());
    CHECK(std::count(gone.restart.begin(), gone.restart.end(), std::string("plugin.a.path")) == 1);
    CHECK(std::count(gone.restart.begin(), gone.restart.end(), std::string("plugin.b.path")) == 1);
}
