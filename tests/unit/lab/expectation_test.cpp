// SPDX-License-Identifier: Apache-2.0
#include "lab/model/expectation.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::lab::model;

namespace {

std::string fault_of(std::string_view text) {
    const auto parsed = parse_expectations(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == "E_EXPECT");
    CHECK(parsed.error().exit == exit_code::usage);
    return parsed.error().message;
}

}  // namespace

TEST_CASE("expectation: every phrase is read", "[lab]") {
    const auto all = parse_expectations(
        "stale within 3s, dead within 8s and mesh reconverges within 3s,known everywhere within "
        "250ms , nobody else dead, nobody else stale for 2m"
    );
    REQUIRE(all);
    using enum expectation_kind;
    CHECK(
        *all
        == std::vector<
            expectation>{{state_seen, "stale", 3s}, {state_seen, "dead", 8s}, {reconverges, "", 3s}, {known_everywhere, "", 250ms}, {nobody_else, "dead", 0s}, {nobody_else, "stale", 2min}}
    );
}

TEST_CASE("expectation: what is written out reads the same again", "[lab]") {
    const std::string text =
        "left within 1s, known everywhere within 2s, mesh reconverges within 3s, nobody else dead, "
        "nobody else stale for 4s";
    const auto all = parse_expectations(text);
    REQUIRE(all);
    std::string again;
    for (const auto& one : *all)
        again += (again.empty() ? "" : ", ") + to_text(one);
    CHECK(again == text);
}

TEST_CASE("expectation: an error names the column and what was expected", "[lab]") {
    CHECK(fault_of("dead in 8s") == "column 6: expected within, not \"in\"");
    CHECK(fault_of("dead within 8") == "column 13: expected a time such as 8s, not \"8\"");
    CHECK(fault_of("dead within 0s") == "column 13: expected a time such as 8s, not \"0s\"");
    CHECK(
        fault_of("dead within 8s mesh") == "column 16: expected a comma or the end, not \"mesh\""
    );
    CHECK(fault_of("mesh") == "column 5: expected reconverges, not the end");
    CHECK(fault_of("nobody else left") == "column 13: expected dead or stale, not \"left\"");
    CHECK(fault_of("deed within 8s").ends_with("did you mean \"dead\"?"));
    CHECK(fault_of("").starts_with("column 1: expected stale,"));
    CHECK(fault_of("dead within 8s,").starts_with("column 16: expected stale,"));
}

TEST_CASE("expectation: there is a limit to how many", "[lab]") {
    std::string text = "nobody else dead";
    for (int i = 1; i < 16; ++i)
        text += ", nobody else dead";
    CHECK(parse_expectations(text));
    CHECK_FALSE(parse_expectations(text + ", nobody else dead"));
}
