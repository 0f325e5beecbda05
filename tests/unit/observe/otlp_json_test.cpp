// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/otlp_json.hpp"
#include "support/catch.hpp"
#include "unit/observe/contract_file.hpp"

using namespace meshhost;
using namespace meshhost::observe::proto;

namespace json = boost::json;

TEST_CASE("observe: a start as OTLP is what the dashboard exports", "[observe]") {
    const auto table = test::read_contract("boot_otlp.json");
    const auto& node = table.at("node");
    const auto text = [&](const char* key) { return std::string(node.at(key).as_string()); };
    const otlp_source by{
        std::string(table.at("mesh").as_string()),
        text("id"),
        text("name"),
        text("version"),
        text("tier")};
    CHECK(otlp_of_boot(by, table.at("boot").as_object()) == table.at("otlp").as_object());
}

TEST_CASE("observe: a start that is not of its form makes no odd spans", "[observe]") {
    for (const char* odd :
         {"{}",
          R"({"spans":7,"join":"x"})",
          R"({"spans":[7,null,[],"x"]})",
          R"({"spans":[{}]})",
          R"({"spans":[{"trace":7,"span":{},"parent":[],"name":null,"kind":7,"ok":"yes"}]})",
          R"({"spans":[{"started_unix_us":1e300,"length_us":-1,"dropped":-7}]})",
          R"({"spans":[{"started_unix_us":9007199254740991,"length_us":9007199254740991}]})",
          R"({"spans":[{"events":{},"attributes":[]}]})",
          R"({"spans":[{"events":[{"name":"x","unix_us":-1e300,"attributes":7}]}]})"}) {
        CAPTURE(odd);
        const auto made = otlp_of_boot({}, json::parse(odd).as_object());
        const auto& spans =
            made.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans").as_array();
        CHECK(spans.size() <= 1);
        for (const auto& each : spans) {
            CHECK(each.at("status").at("code") == 2);
            CHECK(each.at("kind") == 0);
            CHECK_FALSE(each.as_object().contains("droppedAttributesCount"));
        }
    }
}
