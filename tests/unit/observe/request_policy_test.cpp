// SPDX-License-Identifier: Apache-2.0
#include "observe/request_policy.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::observe;

namespace {

http::request request_of(http::header_list headers) {
    return {"GET", "/", "", {}, std::move(headers)};
}

served_at at(std::string_view bound) {
    return {*ip_endpoint::parse(bound), false, {}};
}

std::string objection_to(http::header_list headers) {
    const request_policy policy(at("127.0.0.1:7780"));
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
    const request_policy policy(at("127.0.0.1:80"));
    CHECK_FALSE(policy.object(request_of({{"host", "127.0.0.1"}})).has_value());
    CHECK_FALSE(policy.object(request_of({{"host", "localhost:80"}})).has_value());
    CHECK(policy.object(request_of({{"host", "evil.example"}})).has_value());
}

TEST_CASE("observe: the session is found among the cookies", "[observe]") {
    const auto found = [](const char* cookies) {
        const request_policy policy(at("127.0.0.1:7780"));
        return std::string(policy.session_of(request_of({{"cookie", cookies}})));
    };
    CHECK(found("meshhost_session_7780=abc") == "abc");
    CHECK(found("a=b; meshhost_session_7780=abc; c=d") == "abc");
    CHECK(found("xmeshhost_session_7780=abc").empty());
    CHECK(found("meshhost_session_7781=abc").empty());
    CHECK(found("meshhost_session_7780").empty());
    CHECK(found(";;; = ;").empty());
}

TEST_CASE("observe: under TLS it is reached by its names", "[observe]") {
    const request_policy policy(
        {*ip_endpoint::parse("0.0.0.0:7780"),
         true,
         {"Mesh.example", "[2001:db8::1]", "front.example:8443"}}
    );
    CHECK(policy.origin() == "https://mesh.example:7780");
    const auto refused = [&](const char* host, const char* origin = "") {
        const auto objection = policy.object(request_of({{"host", host}, {"origin", origin}}));
        return objection ? objection->code : "";
    };
    CHECK(refused("mesh.example:7780").empty());
    CHECK(refused("MESH.example:7780", "https://mesh.example:7780").empty());
    CHECK(refused("[2001:db8::1]:7780").empty());
    CHECK(refused("front.example:8443", "https://front.example:8443").empty());
    CHECK(refused("localhost:7780").empty());  // through a tunnel
    CHECK(refused("mesh.example") == "E_FOREIGN_HOST");
    CHECK(refused("0.0.0.0:7780") == "E_FOREIGN_HOST");
    CHECK(refused("front.example:7780") == "E_FOREIGN_HOST");
    CHECK(refused("xmesh.example:7780") == "E_FOREIGN_HOST");
    CHECK(refused("mesh.example:7780", "http://mesh.example:7780") == "E_FOREIGN_ORIGIN");
    CHECK(refused("mesh.example:7780", "https://evil.example") == "E_FOREIGN_ORIGIN");
}

TEST_CASE("observe: at the usual port of TLS a name has no number", "[observe]") {
    const request_policy policy({*ip_endpoint::parse("192.0.2.1:443"), true, {"mesh.example"}});
    for (const auto* host : {"mesh.example", "mesh.example:443", "192.0.2.1", "192.0.2.1:443"})
        CHECK_FALSE(policy.object(request_of({{"host", host}})).has_value());
    CHECK(policy.object(request_of({{"host", "mesh.example:80"}})).has_value());
}
