// SPDX-License-Identifier: Apache-2.0
#include "http/stated.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using http::parse_stated;

namespace {

using parameter_list = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> names_of(http::header_list headers) {
    http::request asked;
    asked.headers = std::move(headers);
    std::vector<std::string> all;
    for (const auto& each : http::all_stated(asked, "accept"))
        all.push_back(each.name + " " + std::to_string(each.weight));
    return all;
}

}  // namespace

TEST_CASE("http: a media type knows no case, its parameters' values do", "[http]") {
    const auto type = parse_stated("Application/JSON ; Profile=\"O;T\\\"LP\";charset=utf-8");
    REQUIRE(type.has_value());
    CHECK(type->name == "application/json");
    CHECK(type->parameters == parameter_list{{"profile", "O;T\"LP"}, {"charset", "utf-8"}});
    CHECK(*type->parameter("charset") == "utf-8");
    CHECK(type->parameter("q") == nullptr);
    CHECK(type->weight == 1000);
    CHECK(parse_stated("application/jsonp")->name == "application/jsonp");
    for (const char* none : {"", " ", ";q=1", "a b", "a=b", "\"a\""})
        CHECK_FALSE(parse_stated(none));
}

TEST_CASE("http: a weight is from 0 to 1", "[http]") {
    CHECK(parse_stated("gzip;q=0")->weight == 0);
    CHECK(parse_stated("gzip; Q=0.25")->weight == 250);
    CHECK(parse_stated("gzip;q=1.000")->weight == 1000);
    for (const char* odd : {"gzip;q=2", "gzip;q=-1", "gzip;q=x", "gzip;q=", "gzip;q=nan"})
        CHECK_FALSE(parse_stated(odd));
}

TEST_CASE("http: all that is listed, in every header of that name", "[http]") {
    CHECK(
        names_of(
            {{"accept", "text/html;x=\"a,b\";q=0.5, , */*;q=0.1"}, {"host", "x"}, {"accept", "a/b"}}
        )
        == std::vector<std::string>{"text/html 500", "*/* 100", "a/b 1000"}
    );
    CHECK(names_of({{"accept", "\"open, a/b"}}).empty());
    CHECK(names_of({{"accept", "x;q=9, a/b,"}}) == std::vector<std::string>{"a/b 1000"});
    CHECK(names_of({}).empty());
}
