// SPDX-License-Identifier: Apache-2.0
#include "observe/request_policy.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::observe;

namespace {

http::request request_of(http::header_list headers) {
    return {"GET", "/", "", {}, std::move(headers)};
}

std::string objection_to(http::header_list headers) {
    const request_policy policy("127.0.0.1:7780");
    const auto objection = policy.object(request_of(std::move(headers)));
    return objection ? objection->code : "";
}

}  // namespace

TEST_CASE("observe: only our own names and pages are answered", "[observe]") {
    CHECK(objection_to({{"host", "127.0.0.1:7780"}}).empty());
    CHECK(objection_to({{"host", "localhost:7780"}, {"origin", "http://localhost:7780"}}).empty());
    CHECK(objection_to({}) == "E_FOREIGN_HOST");
    CHECK(objection_to({{"host", "evil.example:7780"}}) == "E_FOREIGN_HOST");
    CHECK(objection_to({{"host", "127.0.0.1"}}) == "E_FOREIGN_HOST");
    CHECK(objection_to({{"host", "127.0.0.1:7780.evil.example"}}) == "E_FOREIGN_HOST");
    const auto from = [](const char* origin) {
        return objection_to({{"host", "127.0.0.1:7780"}, {"origin", origin}});
    };
    CHECK(from("http://evil.example") == "E_FOREIGN_ORIGIN");
    CHECK(from("https://127.0.0.1:7780") == "E_FOREIGN_ORIGIN");
    CHECK(from("http://127.0.0.1:7781") == "E_FOREIGN_ORIGIN");
    CHECK(from("null") == "E_FOREIGN_ORIGIN");
}

TEST_CASE("observe: at the usual port it has no number", "[observe]") {
    const request_policy policy("127.0.0.1:80");
    CHECK_FALSE(policy.object(request_of({{"host", "127.0.0.1"}})).has_value());
    CHECK_FALSE(policy.object(request_of({{"host", "localhost:80"}})).has_value());
    CHECK(policy.object(request_of({{"host", "evil.example"}})).has_value());
}

TEST_CASE("observe: the session is found among the cookies", "[observe]") {
    const auto found = [](const char* cookies) {
        const request_policy policy("127.0.0.1:7780");
        return std::string(policy.session_of(request_of({{"cookie", cookies}})));
    };
    CHECK(found("meshhost_session_7780=abc") == "abc");
    CHECK(found("a=b; meshhost_session_7780=abc; c=d") == "abc");
    CHECK(found("xmeshhost_session_7780=abc").empty());
    CHECK(found("meshhost_session_7781=abc").empty());
    CHECK(found("meshhost_session_7780").empty());
    CHECK(found(";;; = ;").empty());
}
