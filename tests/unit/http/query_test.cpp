// SPDX-License-Identifier: Apache-2.0
#include "http/query.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using http::parse_query;
using http::query_map;

TEST_CASE("http: a query is read as forms write it", "[http]") {
    CHECK(parse_query("") == query_map{});
    CHECK(parse_query("a=1&b=x%20y&c=p+q") == query_map{{"a", "1"}, {"b", "x y"}, {"c", "p q"}});
    CHECK(parse_query("follow") == query_map{{"follow", ""}});
    CHECK(parse_query("a=b=c") == query_map{{"a", "b=c"}});
    CHECK(parse_query("&&a=1&") == query_map{{"a", "1"}});
    CHECK(parse_query("%61%3d=%26") == query_map{{"a=", "&"}});
}

TEST_CASE("http: a query that two readers could read differently is none", "[http]") {
    for (const auto* text :
         {"a=1&a=2", "a=1&%61=2", "a=%", "a=%2", "a=%zz", "%=1", "a=%ff", "%c3=1"})
        CHECK_FALSE(parse_query(text));
}

TEST_CASE("http: a query is bounded", "[http]") {
    CHECK_FALSE(parse_query(std::string(http::query_bytes_max + 1, 'a')));
    std::string many;
    for (std::size_t i = 0; i < http::query_fields_max; ++i)
        many += "k" + std::to_string(i) + "&";
    CHECK(parse_query(many)->size() == http::query_fields_max);
    CHECK_FALSE(parse_query(many + "more"));
}

TEST_CASE("http: what is written is read", "[http]") {
    const query_map query{{"a b", "=&+%"}, {"node", "caf\u00e9/1"}, {"z", std::string("\0", 1)}};
    CHECK(parse_query(http::format_query(query)) == query);
}
