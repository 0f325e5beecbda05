// SPDX-License-Identifier: Apache-2.0
#include "check/world.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using mesh::testing::value;

TEST_CASE("check: a sample keeps the rule of its key", "[check]") {
    const auto sample = [](std::uint32_t type, const char* rule) {
        plugin::proto::config_key key;
        key.type = type;
        key.rule = rule;
        return check::sample_of(key);
    };
    CHECK(sample(MESH_T_I64, "5..9") == value(std::int64_t{5}));
    CHECK(sample(MESH_T_I64, "") == value(std::int64_t{1}));
    CHECK(sample(MESH_T_F64, "0.5..1") == value(0.5));
    CHECK(sample(MESH_T_STR, "oneof:red|green") == value(std::string("red")));
    CHECK(sample(MESH_T_STR, "len:3..5") == value(std::string("xxx")));
    CHECK(sample(MESH_T_BOOL, "") == value(true));
}
