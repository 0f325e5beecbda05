// SPDX-License-Identifier: Apache-2.0
#include <mesh/plugin.h>

#include "plugin/abi_check.hpp"
#include "support/catch.hpp"

using namespace meshhost::plugin;

namespace {

std::string code(const abi_numbers& numbers) {
    const auto fit = check_abi(numbers, "a test");
    return fit ? "fits" : fit.error().code;
}

}  // namespace

TEST_CASE("abi: majors are equal, minors at least what the plugin needs", "[plugin]") {
    CHECK(code({MESH_PLUGIN_MAGIC, 1, 0, 0}) == "fits");
    CHECK(code({MESH_PLUGIN_MAGIC, 1, 9, 0}) == "fits");
    CHECK(code({0, 1, 0, 0}) == "MP011");
    CHECK(code({MESH_PLUGIN_MAGIC, 2, 0, 0}) == "MP012");
    CHECK(code({MESH_PLUGIN_MAGIC, 0, 0, 0}) == "MP013");
    CHECK(code({MESH_PLUGIN_MAGIC, 1, 1, 1}) == "MP014");
}

TEST_CASE("abi: only a newer minor is worth a notice", "[plugin]") {
    CHECK_FALSE(notice_of({MESH_PLUGIN_MAGIC, 1, 0, 0}));
    CHECK(notice_of({MESH_PLUGIN_MAGIC, 1, 1, 0}));
    CHECK(host_abi_text() == "1.0");
}
