// SPDX-License-Identifier: Apache-2.0
#include "observe/door.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>

using namespace meshhost;
using observe::door;

namespace {

constexpr time_point start{100s};

/// A door with an operator's token, or none.
struct stage {
    explicit stage(std::string token = "") {
        options.token = std::move(token);
        options.another_key = [this] {
            ++keys;
            observe::session_key key;
            key.value.front() = std::uint8_t(keys);
            return key;
        };
        options.secret = [this] { return "drawn" + std::to_string(++drawn); };
        at.emplace(
            observe::served_at{ip_endpoint::loopback_v4(7780), false, {}},
            std::move(options)
        );
    }

    static http::request post(std::string_view token) {
        http::request
            asked{"POST", "/api/v1/session", "", {}, {{"content-type", "application/json"}}};
        asked.body = R"({"token":")" + std::string(token) + R"("})";
        return asked;
    }
    /// The session that `token` opens, as a request brings it.
    http::request enter(std::string_view token) {
        const auto answer = at->open(post(token), start);
        REQUIRE(answer.status == 204);
        const auto& cookie = answer.headers.front().second;
        return {"GET", "/api/v1/session", "", {}, {{"cookie", cookie.substr(0, cookie.find(';'))}}};
    }
    std::string refusal(std::string_view token) {
        const auto answer = at->open(post(token), start);
        REQUIRE(answer.status == 403);
        const auto error = boost::json::parse(answer.body).at("error");
        CHECK(error.at("code") == "E_BAD_TOKEN");
        return std::string(error.at("message").as_string());
    }

    int keys = 0;
    int drawn = 0;
    observe::door_options options;
    std::optional<door> at;
};

}  // namespace

TEST_CASE("observe: a link's token opens a session, once", "[observe]") {
    stage s;
    const auto link = s.at->link(start);
    const auto token = link.substr(link.find("#t=") + 3);
    const auto session = s.enter(token);
    CHECK(s.at->has_session(session));
    CHECK(s.refusal(token).find("this link was used before") == 0);
    CHECK(s.at->wrong_tokens() == 1);
    CHECK_FALSE(s.at->has_session({"GET", "/", "", {}, {}}));
}

TEST_CASE("observe: who has a wrong token is told of the ways in that there are", "[observe]") {
    stage s("the operator's");
    CHECK(
        s.refusal("another").find("neither the observer's token nor a link") != std::string::npos
    );
    s.enter("the operator's");
    CHECK(s.at->wrong_tokens() == 1);
}

TEST_CASE("observe: no session comes back with a token that comes back", "[observe]") {
    stage s("first");
    const auto session = s.enter("first");
    CHECK_FALSE(s.at->replace_token("first"));
    CHECK(s.at->has_session(session));
    CHECK(s.keys == 0);
    CHECK(s.at->replace_token("second"));
    CHECK_FALSE(s.at->has_session(session));
    CHECK(s.at->replace_token("first"));
    CHECK_FALSE(s.at->has_session(session));
    CHECK(s.keys == 2);
    CHECK(s.at->has_session(s.enter("first")));
}
