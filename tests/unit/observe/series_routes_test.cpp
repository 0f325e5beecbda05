// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "unit/observe/routes_stage.hpp"

using namespace meshhost;
using test::self;
using stage = test::routes_stage;

TEST_CASE("observe: numbers of the last minutes, a part of them", "[observe]") {
    stage s;
    const auto path = "nodes/" + self + "/series";
    s.ask(path);
    REQUIRE(test::run_until(s.shard, [&] {
        return !s.data(path).at("series").at("rss").as_array().empty();
    }));
    const auto all = s.data(path);
    CHECK(all.at("step_ms") == 2000);
    CHECK(all.at("series").as_object().size() == 5);
    const auto some = s.data(path, {{"m", "rss,cpu"}, {"step", "5000"}});
    CHECK(some.at("step_ms") == 6000);
    CHECK(some.at("series").as_object().size() == 2);
    CHECK(s.data(path, {{"to", "2020-01-01T00:00:00Z"}}).at("series").at("cpu").as_array().empty());
    CHECK_FALSE(
        s.data(path, {{"from", "2020-01-01T00:00:00Z"}}).at("series").at("rss").as_array().empty()
    );
    for (const auto& [key, value] :
         {std::pair{"m", "colour"},
          {"m", "cpu,cpu"},
          {"m", ","},
          {"from", "noon"},
          {"step", "0"}}) {
        CAPTURE(key, value);
        CHECK(s.refusal(path, {{key, value}}).starts_with(key));
    }
    CHECK(s.ask("nodes/x/series")->error_code() == "E_NOT_FOUND");
}
