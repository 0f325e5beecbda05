// SPDX-License-Identifier: Apache-2.0
// The files that are written for people say what the table of keys says.
#include "config/key_lookup.hpp"
#include "tests/unit/config/loading.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <fstream>
#include <sstream>

using namespace meshhost::config;
using namespace meshhost::config::test;

namespace {

std::string read(const std::string& path) {
    std::ifstream file(std::string(MESHHOST_SOURCE_DIR "/") + path);
    CAPTURE(path);
    REQUIRE(file.good());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The file with the "#" taken from every key, as its first lines tell people to do.
std::string uncommented(const std::string& text) {
    std::istringstream lines(text);
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        const bool key = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        out += (key ? line.substr(1) : line) + "\n";
    }
    return out;
}

/// A row of the table in docs/configuration.md.
std::string row_of(const config_key& key) {
    const std::string fallback =
        key.required() ? "required" : "`" + std::string(key.fallback) + "`";
    const std::string reload = key.reload == reload_kind::live ? "live" : "restart";
    const std::string path = boost::replace_all_copy(std::string(key.path), "*", "NAME");
    return "| `" + path + "` | " + fallback + " | " + rule_text(key.rule) + " | " + reload + " | "
           + std::string(key.doc) + " |";
}

}  // namespace

TEST_CASE("config: etc/meshhost.toml is what `config init` prints", "[config]") {
    CHECK(read("etc/meshhost.toml") == init_text());
}

TEST_CASE("config: the commented file as it is changes nothing", "[config]") {
    CHECK(load(file(init_text())).values == meshhost::config::host_config{});
}

TEST_CASE("config: the commented file with every key uncommented says the defaults", "[config]") {
    const loaded_config loaded = load(file(uncommented(init_text())));
    meshhost::config::host_config expected;
    expected.plugin.push_back(
        {.instance = "compute-0", .path = "compute.so", .config = {}, .config_origins = {}}
    );
    CHECK(loaded.values == expected);
    for (const setting& setting : loaded.settings) {
        CAPTURE(setting.path);
        CHECK((setting.origin != "default" || setting.key->rule.kind == value_kind::free_table));
    }
}

TEST_CASE("config: docs/configuration.md has a true row for every key", "[config]") {
    const std::string page = read("docs/configuration.md");
    for (const config_key& key : config_keys()) {
        CAPTURE(row_of(key));
        CHECK(page.find(row_of(key) + "\n") != std::string::npos);
    }
}
