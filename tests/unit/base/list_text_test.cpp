// SPDX-License-Identifier: Apache-2.0
#include "base/list_text.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace meshhost;

namespace {

std::vector<std::string> parts_of(std::string_view list, char mark = ',') {
    std::vector<std::string> all;
    for_each_part(
        list,
        [&](std::string_view part) { all.emplace_back(part); },
        mark
    );
    return all;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("base: a list has one part more than marks", "[base]") {
    CHECK(parts_of("") == texts{""});
    CHECK(parts_of("a") == texts{"a"});
    CHECK(parts_of("a,b") == texts{"a", "b"});
    CHECK(parts_of(",a,") == texts{"", "a", ""});
    CHECK(parts_of("a;b,c", ';') == texts{"a", "b,c"});
}

TEST_CASE("base: a part is looked for until it is found", "[base]") {
    texts seen;
    const auto is_b = [&](std::string_view part) {
        seen.emplace_back(part);
        return part == "b";
    };
    CHECK(any_part("a,b,c", is_b));
    CHECK(seen == texts{"a", "b"});
    CHECK_FALSE(any_part("a,bb", is_b));
    CHECK(is_listed("cpu,rss", "rss"));
    CHECK_FALSE(is_listed("cpu,rss", "rs"));
    CHECK_FALSE(is_listed("", "cpu"));
}

TEST_CASE("base: what is around a word is not of it", "[base]") {
    CHECK(trimmed(" \ta b\t ") == "a b");
    CHECK(trimmed("a") == "a");
    CHECK(trimmed(" \t ").empty());
    CHECK(trimmed("").empty());
}
