// SPDX-License-Identifier: Apache-2.0
// Every way in which a plugin is refused, word for word.
#include <mesh/plugin.h>

#include "plugin_bench.hpp"
#include "support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <regex>

using namespace meshhost;
using namespace meshhost::test;

namespace {

/// The line after "plugin <path>: ".
std::string refusal(const std::string& path, const std::string& role = {}) {
    plugin_bench bench;
    const auto refused = bench.load(path, role);
    if (!refused) return "not refused";
    CHECK(refused->exit == exit_code::invalid);
    const std::string head = "plugin " + path + ": ";
    REQUIRE(refused->message.starts_with(head + refused->code + " "));
    CHECK(refused->message.find('\n') == std::string::npos);
    return refused->message.substr(head.size());
}

}  // namespace

TEST_CASE("plugin: a missing file is refused", "[plugin]") {
    CHECK(refusal("./nope.so") == "MP001 cannot open: No such file or directory");
    CHECK(refusal("/tmp/") == "MP001 cannot open: Is a directory");
    CHECK(refusal("/dev/null") == "MP001 cannot open: Not a regular file");
}

TEST_CASE("plugin: a file that others can write is refused", "[plugin]") {
    const temp_dir dir;
    const auto copy = dir / "writable.so";
    std::filesystem::copy_file(test_plugin("plain_c"), copy);
    std::filesystem::permissions(copy, std::filesystem::perms(0666));
    CHECK(
        refusal(copy.string())
        == "MP002 refused: file mode is 0666, writable by group or others; run chmod go-w"
    );
}

TEST_CASE("plugin: what is no shared object for this machine is refused", "[plugin]") {
    const temp_dir dir;
    const auto text = dir / "text.so";
    std::ofstream(text) << "hello";
    CHECK(
        refusal(text.string())
        == "MP003 not an ELF file: a plugin is a shared object built with the mesh SDK"
    );
    const auto empty = dir / "empty.so";
    std::ofstream(empty).flush();
    CHECK(refusal(empty.string()).starts_with("MP003 not an ELF file"));
}

TEST_CASE("plugin: an unresolved symbol is refused at load", "[plugin]") {
    CHECK(
        refusal(test_plugin("undefined_symbol"))
        == "MP004 cannot be loaded: undefined symbol: not_defined_anywhere"
    );
}

TEST_CASE("plugin: what the file says is checked before any of its code runs", "[plugin]") {
    CHECK(
        refusal(test_plugin("no_symbol"))
        == "MP010 no symbol mesh_plugin_entry among 1 exported symbols: "
           "not a meshhost plugin, or built with hidden visibility and without MESH_EXPORT"
    );
    CHECK(
        refusal(test_plugin("bad_magic"))
        == "MP011 wrong magic 0x4b4e554a in the MESH note, expected 0x3148534d: "
           "not a meshhost plugin, or a damaged file"
    );
    CHECK(
        refusal(test_plugin("newer_major"))
        == "MP012 ABI 2.0, this host speaks ABI 1 (1.0 to 1.0): "
           "upgrade meshhost, or install the plugin's build for ABI 1"
    );
    CHECK(
        refusal(test_plugin("older_major"))
        == "MP013 ABI 0.9, this host speaks ABI 1 (1.0 to 1.0): "
           "rebuild the plugin with the ABI 1 SDK"
    );
    CHECK(
        refusal(test_plugin("newer_minor"))
        == "MP014 needs ABI 1.7 or later, this host offers 1.0: "
           "upgrade meshhost, or ask the author to lower MESH_ABI_MINOR_MIN"
    );
}

TEST_CASE("plugin: a plugin without a note is checked by its table", "[plugin]") {
    CHECK(
        refusal(test_plugin("bad_table_magic"))
        == "MP011 wrong magic 0x4b4e554a in its table, expected 0x3148534d: "
           "not a meshhost plugin, or a damaged file"
    );
    CHECK(refusal(test_plugin("no_note")) == "not refused");
}

TEST_CASE("plugin: what allows an older host is loaded", "[plugin]") {
    CHECK(refusal(test_plugin("newer_minor_allowed")) == "not refused");
    const auto plugin = plugin::inspect(test_plugin("newer_minor_allowed"));
    REQUIRE(plugin.has_value());
    REQUIRE(plugin->notices.size() == 1);
    CHECK(plugin->notices[0].code == "MP015");
    CHECK(
        plugin->notices[0].text == "built for ABI 1.7, running on 1.0 as it allows (minimum 1.0)"
    );
    const auto bare = plugin::inspect(test_plugin("no_note"));
    REQUIRE(bare.has_value());
    REQUIRE(bare->notices.size() == 1);
    CHECK(bare->notices[0].code == "MP016");
}

TEST_CASE("plugin: an entry function that declines, and roles that cannot be run", "[plugin]") {
    CHECK(
        refusal(test_plugin("declines"))
        == "MP017 declined ABI 1.0: mesh_plugin_entry returned NULL"
    );
    CHECK(
        refusal(test_plugin("no_stop"))
        == "MP018 role \"test\": create, start, stop, destroy and on_event are mandatory"
    );
    CHECK(
        refusal(test_plugin("missing_extension"))
        == "MP019 role \"test\" needs the host extension mesh.teleport/1, "
           "which meshhost does not offer"
    );
    CHECK(
        refusal(test_plugin("two_roles")) == "MP018 has 2 roles (many, single): name the one to run"
    );
    CHECK(
        refusal(test_plugin("two_roles"), "other")
        == "MP018 has no role \"other\", only many, single"
    );
    CHECK(refusal(test_plugin("two_roles"), "many") == "not refused");
}

TEST_CASE("plugin: a hang in create costs the probe, not the host", "[plugin]") {
    plugin_bench bench;
    bench.settings.probe_limit = 200ms;
    const auto refused = bench.load(test_plugin("hangs_in_create"));
    REQUIRE(refused.has_value());
    CHECK(
        refused->message
        == "plugin " + test_plugin("hangs_in_create")
               + ": MP201 did not finish create within 200 ms in the probe process: not loaded"
    );
}

TEST_CASE("plugin: a crash is told by where and how", "[plugin]") {
    const std::regex place(" at \\+0x[0-9a-f]+");
    const auto without_place = [&place](const std::string& said) {
        CHECK(std::regex_search(said, place));
        return std::regex_replace(said, place, "");
    };
    CHECK(
        without_place(refusal(test_plugin("crashes_in_create")))
        == "MP202 crashed in create with SIGSEGV in the probe process: "
           "not loaded, the host is unharmed"
    );
    CHECK(
        refusal(test_plugin("crashes_at_load"))
        == "MP202 crashed in load with SIGABRT in the probe process: "
           "not loaded, the host is unharmed"
    );
    CHECK(
        refusal(test_plugin("exits_in_create"))
        == "MP202 crashed in create with exit status 3 in the probe process: "
           "not loaded, the host is unharmed"
    );
}

TEST_CASE("plugin: a probe that cannot be run refuses the plugin", "[plugin]") {
    plugin_bench bench;
    bench.settings.probe_executable = "/nonexistent/meshhost";
    const auto refused = bench.load(test_plugin("plain_c"));
    REQUIRE(refused.has_value());
    CHECK(
        refused->message
        == "plugin " + test_plugin("plain_c")
               + ": MP202 the probe process cannot be started: No such file or directory: not "
                 "loaded"
    );
}

TEST_CASE("plugin: an error of create comes with the plugin's own words", "[plugin]") {
    CHECK(
        refusal(test_plugin("create_fails"))
        == "MP203 create returned MESH_E_CONFIG: listen port 99999 is out of range"
    );
    CHECK(
        refusal(test_plugin("oversize_digest"))
        == "MP203 create returned MESH_E_BUDGET: digest of 2 keys can encode to 4139 bytes, "
           "granted 256 (largest: test.everything, 4116 bytes)"
    );
}

TEST_CASE("plugin: all that is wrong in a configuration is said at once", "[plugin]") {
    plugin_bench bench;
    auto& own = bench.settings.instances["recorder-0"].config;
    own.values = {{"period_ms", 0}, {"words", {{"greeting", "hi"}, {"greating", "oops"}}}};
    own.origins = {{"period_ms", "/etc/m.toml:41:1"}, {"words.greating", "/etc/m.toml:43:3"}};
    const auto refused = bench.load(test_plugin("recorder"));
    REQUIRE(refused.has_value());
    CHECK(
        refused->message
        == "plugin " + test_plugin("recorder")
               + ": MP021 /etc/m.toml:41: plugin.recorder-0.config.period_ms = 0: must be "
                 "1..60000; "
                 "line 43: unknown key \"words.greating\", did you mean \"words.greeting\"?"
    );
}

TEST_CASE("plugin: what is refused does not keep the others from loading", "[plugin]") {
    plugin_bench bench;
    const auto refused = bench.load_all(
        {{test_plugin("no_symbol"), {}, {}},
         {test_plugin("plain_c"), {}, {}},
         {test_plugin("two_roles"), {}, "single"},
         {test_plugin("two_roles"), {}, "single"},
         {test_plugin("two_roles"), "test-0", "many"},
         {test_plugin("plain_c"), {}, {}}}
    );
    REQUIRE(refused.size() == 3);
    CHECK(refused[0].code == "MP010");
    CHECK(
        refused[1].message
        == "plugin " + test_plugin("two_roles")
               + ": MP022 role \"single\" runs already, and at most once on a host"
    );
    CHECK(
        refused[2].message
        == "plugin " + test_plugin("two_roles")
               + ": MP022 the instance name \"test-0\" is taken: choose another"
    );
    const auto loaded = bench.manager().status();
    REQUIRE(loaded.size() == 6);
    CHECK(loaded[0].instance == "test-0");
    CHECK(loaded[0].abi == "1.0");
    CHECK(loaded[1].instance == "single-0");
    CHECK(loaded[2].instance == "test-1");
    for (std::size_t i = 0; i < 3; ++i) {  // what was refused stays visible
        CHECK(loaded[3 + i].state == plugin::proto::instance_state::failed);
        CHECK_THAT(loaded[3 + i].last_error, Catch::Matchers::StartsWith(refused[i].code + " "));
    }
}

TEST_CASE("plugin: a name without a slash is looked up in the plugin directory", "[plugin]") {
    plugin_bench bench;
    bench.settings.directory = TEST_PLUGINS;
    CHECK(bench.load_all({{"plain_c", {}, {}}, {"recorder.so", {}, {}}}).empty());
    CHECK(bench.manager().status()[0].path == test_plugin("plain_c"));
    plugin_bench other;
    other.settings.directory = TEST_PLUGINS;
    const auto refused = other.load("nope");
    REQUIRE(refused.has_value());
    CHECK(
        refused->message
        == "plugin " + test_plugin("nope") + ": MP001 cannot open: No such file or directory"
    );
}
