// SPDX-License-Identifier: Apache-2.0
#include "check/describe.hpp"
#include "support/catch.hpp"

#include <boost/json/array.hpp>

using namespace meshhost;

namespace {

boost::json::object described() {
    static const mesh_budget budget = [] {
        mesh_budget b{};
        b.struct_size = sizeof b;
        b.threads = 2;
        return b;
    }();
    static const mesh_role table = [] {
        mesh_role r{};
        r.struct_size = sizeof r;
        r.license = "Apache-2.0";
        r.budget = &budget;
        return r;
    }();
    plugin::role_description role;
    role.name = "painter";
    role.version = "2.1.0";
    role.summary = "paints";
    role.permissions = {"gossip:pub:paint", "identity:sign"};
    role.config.is_open = false;
    role.config.keys = {
        {.path = "colour",
         .type = MESH_T_STR,
         .flags = MESH_CFG_REQUIRED | MESH_CFG_RELOAD,
         .fallback = "",
         .rule = "oneof:red|green",
         .doc = "of the\nfence"}};
    role.table = &table;
    boost::json::array roles;
    roles.push_back(check::role_json(role));
    return {{"path", "painter.so"}, {"abi", "1.0"}, {"sdk", "c"}, {"roles", std::move(roles)}};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("check: a role is described for people", "[check]") {
    const auto text = check::describe_text(described());
    CHECK(has(text, "painter 2.1.0\n"));
    CHECK(has(text, "permissions   gossip:pub:paint, identity:sign"));
    CHECK(has(text, "budget        threads 2"));
    CHECK(has(text, "text oneof:red|green, required, reload"));
    CHECK(has(text, "of the fence"));  // one line, whatever a stranger wrote
    CHECK_FALSE(has(text, "capabilities"));
}

TEST_CASE("check: a role is described as a page", "[check]") {
    const auto page = check::describe_markdown(described());
    CHECK(has(page, "# painter 2.1.0\n"));
    CHECK(has(page, "## [plugin.painter-0.config]"));
    CHECK(has(page, "| `colour` | text | oneof:red\\|green |"));
    CHECK(has(page, "(required, reload)"));
}
