// SPDX-License-Identifier: Apache-2.0
#include "lab/model/sight_log.hpp"
#include "support/catch.hpp"
#include "unit/lab/views.hpp"

using namespace meshhost;
using namespace meshhost::lab::model;

TEST_CASE("sight log: changes after the first look, with the observers' own times", "[lab]") {
    sight_log log({{"a", "a"}, {"b", "b"}, {"c", "c"}});
    auto view = whole_mesh({"a", "b"});
    see(view, "c", {"alive", 1, 1, start, ""});
    log.observe(view);
    CHECK(log.changes().empty());
    view[0].peers["c"] = {"stale", 1, 1, start + 2s, "lost"};
    log.observe(view);
    see(view, "c", {"dead", 1, 1, start + 5s, "silent"});
    view[1].peers["c"].since = start + 4s;
    log.observe(view);
    log.observe(view);
    REQUIRE(log.changes().size() == 3);
    CHECK(log.changes()[0].from == "alive");
    CHECK(log.changes()[0].to == "stale");
    CHECK(log.changes()[0].at == start + 2s);

    const auto all = summarize(log.changes(), start);
    REQUIRE(all.size() == 2);
    CHECK(all[0].state == "stale");
    CHECK(all[1].state == "dead");
    CHECK(all[1].observers == 2);
    CHECK(all[1].first == 4s);
    CHECK(all[1].first_by == "b");
    CHECK(all[1].last == 5s);
}
