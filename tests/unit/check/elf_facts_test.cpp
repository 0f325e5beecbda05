// SPDX-License-Identifier: Apache-2.0
#include "base/prng.hpp"
#include "check/elf_facts.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace meshhost;

namespace {

byte_buffer read_plugin(const std::string& name) {
    std::ifstream file(std::filesystem::path(TEST_PLUGINS) / (name + ".so"), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("check: what a plugin's file says of how it was built", "[check]") {
    const auto file = read_plugin("plain_c");
    REQUIRE_FALSE(file.empty());
    const auto facts = check::read_elf_facts(file);
    CHECK(std::count(facts.exports.begin(), facts.exports.end(), "mesh_plugin_entry") == 1);
    CHECK(facts.uniques.empty());
    CHECK(facts.run_path.empty());
    CHECK(facts.binds_now);
    CHECK_FALSE(facts.has_text_relocations);
    CHECK_FALSE(facts.has_executable_stack);
    CHECK_FALSE(facts.is_go);
}

TEST_CASE("check: a damaged file is read without harm", "[check]") {
    const auto file = read_plugin("recorder");
    REQUIRE_FALSE(file.empty());
    for (std::size_t size = 0; size < file.size(); size += file.size() / 97 + 1)
        check::read_elf_facts(bytes_view(file).first(size));
    prng dice(5);
    for (int i = 0; i < 500; ++i) {
        auto damaged = file;
        for (int n = 0; n < 20; ++n)
            damaged[dice.below(n < 10 ? 1024 : damaged.size())] =
                static_cast<std::uint8_t>(dice.next());
        check::read_elf_facts(damaged);
    }
    CHECK(check::read_elf_facts({}).exports.empty());
}

TEST_CASE("check: versions are compared by their numbers", "[check]") {
    CHECK(check::compare_versions("2.9", "2.34") < 0);
    CHECK(check::compare_versions("2.34", "2.34") == 0);
    CHECK(check::compare_versions("2.36.1", "2.36") > 0);
    CHECK(check::compare_versions("", "2.2.5") < 0);
}
