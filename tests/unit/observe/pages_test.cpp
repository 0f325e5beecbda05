// SPDX-License-Identifier: Apache-2.0
#include "observe/pages.hpp"
#include "support/catch.hpp"
#include "unit/observe/contract_file.hpp"

using namespace meshhost;
using namespace meshhost::observe;

namespace {

constexpr const char* html = "text/html; charset=utf-8";
constexpr const char* of_browsers = "text/html,application/xhtml+xml,*/*;q=0.8";

http::response get(const std::string& path, http::header_list headers = {}) {
    return page({"GET", path, "", {}, std::move(headers)});
}

}  // namespace

TEST_CASE("observe: the address of each view is the page", "[observe]") {
    const auto contract = test::read_contract("views.json");
    for (const auto& each : contract.at("views").as_array()) {
        const std::string view(each.as_string());
        CAPTURE(view);
        CHECK(get(view).status == 200);
        CHECK(get(view).content_type == html);
    }
    CHECK(get("/").body == get("/nodes/x").body);
    CHECK(page({"HEAD", "/nodes", "", {}}).status == 200);
    CHECK(page({"POST", "/nodes", "", {}}).status == 404);
}

TEST_CASE("observe: what is no view is the page for browsers alone", "[observe]") {
    for (const auto* path :
         {"/livez", "/readyz", "/healthz", "/metrics", "/v1/peers", "/api", "/node", "x", ""}) {
        CAPTURE(path);
        CHECK(get(path).status == 404);
        CHECK(get(path, {{"accept", "*/*"}}).status == 404);
        CHECK(get(path, {{"accept", of_browsers}}).content_type == html);
    }
    for (const auto* path : {"//nodes", "//evil.example/", "/none.js", "/nodes/x.txt"}) {
        CAPTURE(path);
        CHECK(get(path, {{"accept", of_browsers}}).status == 404);
    }
}
