// SPDX-License-Identifier: Apache-2.0
#include "lab/model/expectation_watch.hpp"
#include "support/catch.hpp"
#include "unit/lab/views.hpp"

using namespace meshhost;
using namespace meshhost::lab::model;

namespace {

const std::vector<std::string> living{"a", "b", "c"};

deed kill_of_d() {
    deed done;
    done.at = start;
    done.targets = {"d"};
    done.gone = {"d"};
    return done;
}

expectation_watch watch_for(std::string_view expected, deed done = kill_of_d()) {
    auto parsed = parse_expectations(expected);
    REQUIRE(parsed);
    return {std::move(*parsed), std::move(done)};
}

mesh_view living_seeing_d(const std::string& state, duration after) {
    auto view = whole_mesh(living, start - 1min);
    see(view, "d", {state, 1, 1, start + after, ""});
    return view;
}

}  // namespace

TEST_CASE("watch: a state is seen when the last observer has it, by its own word", "[lab]") {
    auto watch = watch_for("dead within 8s");
    watch.observe(living_seeing_d("alive", -1min), start + 1s);
    CHECK_FALSE(watch.is_decided());
    auto view = living_seeing_d("dead", 5s);
    view[1].peers["d"].since = start + 6s;
    watch.observe(view, start + 9s);  // a late look changes nothing
    REQUIRE(watch.is_decided());
    CHECK(watch.verdicts()[0].passed);
    CHECK(watch.verdicts()[0].measured == 6s);
    CHECK(watch.verdicts()[0].detail == "last by b");
}

TEST_CASE(
    "watch: what comes too late fails with its time, what never comes fails without",
    "[lab]"
) {
    auto late = watch_for("dead within 4s");
    late.observe(living_seeing_d("dead", 5s), start + 6s);
    CHECK(late.is_decided());
    CHECK_FALSE(late.verdicts()[0].passed);
    CHECK(late.verdicts()[0].measured == 5s);

    auto never = watch_for("dead within 4s");
    never.observe(living_seeing_d("stale", 2s), start + 4s);
    CHECK_FALSE(never.is_decided());
    never.observe(living_seeing_d("stale", 2s), start + 4001ms);
    CHECK(never.is_decided());
    CHECK_FALSE(never.verdicts()[0].passed);
    CHECK_FALSE(never.verdicts()[0].measured);
    CHECK(never.verdicts()[0].detail == "c sees it stale");
}

TEST_CASE("watch: who is dead was stale before, even between two looks", "[lab]") {
    auto watch = watch_for("stale within 8s");
    watch.observe(living_seeing_d("dead", 5s), start + 6s);
    CHECK(watch.is_decided());
    CHECK(watch.verdicts()[0].passed);
}

TEST_CASE("watch: a state that was left again was seen all the same", "[lab]") {
    auto watch = watch_for("stale within 8s");
    auto first = living_seeing_d("alive", -1min);
    first[0].peers["d"] = {"stale", 1, 1, start + 1s, ""};
    watch.observe(first, start + 2s);
    auto second = living_seeing_d("stale", 3s);
    second[0].peers["d"] = {"alive", 1, 1, start + 3s, ""};
    watch.observe(second, start + 4s);
    CHECK(watch.is_decided());
    CHECK(watch.verdicts()[0].passed);
}

TEST_CASE("watch: a restarted host is alive in its new life only", "[lab]") {
    deed done;
    done.at = start;
    done.targets = {"d"};
    done.incarnation_before["d"] = 1;
    auto watch = watch_for("alive within 5s", done);
    watch.observe(living_seeing_d("alive", -1min), start + 1s);
    CHECK_FALSE(watch.is_decided());
    auto view = living_seeing_d("alive", 2s);
    for (auto& host : view)
        host.peers["d"].incarnation = 2;
    watch.observe(view, start + 3s);
    CHECK(watch.is_decided());
    CHECK(watch.verdicts()[0].passed);
}

TEST_CASE("watch: the mesh is whole again when nobody believes in who is gone", "[lab]") {
    auto watch = watch_for("dead within 8s, mesh reconverges within 3s");
    watch.observe(living_seeing_d("alive", -1min), start + 1s);
    auto linked = living_seeing_d("dead", 6s);
    linked[0].neighbors.push_back("d");
    watch.observe(linked, start + 6500ms);
    CHECK(watch.verdicts()[0].passed);
    CHECK_FALSE(watch.is_decided());
    watch.observe(living_seeing_d("dead", 6s), start + 7s);
    REQUIRE(watch.is_decided());
    CHECK(watch.verdicts()[1].passed);
    CHECK(watch.verdicts()[1].measured == 1s);  // after the death, not after the deed
}

TEST_CASE("watch: a mesh that stays broken fails, and says why", "[lab]") {
    auto watch = watch_for("mesh reconverges within 3s");
    watch.observe(living_seeing_d("alive", -1min), start + 4s);
    REQUIRE(watch.is_decided());
    CHECK_FALSE(watch.verdicts()[0].passed);
    CHECK(watch.verdicts()[0].detail == "a takes who is gone for alive");
}

TEST_CASE("watch: a partition for a time can heal only after its end", "[lab]") {
    deed done;
    done.at = start;
    done.targets = {"d"};
    done.is_for_a_time = true;
    auto watch = watch_for("mesh reconverges within 3s", done);
    const auto whole = whole_mesh({"a", "b", "c", "d"});
    watch.observe(whole, start + 20s);
    CHECK_FALSE(watch.is_decided());
    watch.set_undone(start + 30s);
    watch.observe(whole_mesh({"a", "b", "c", "d"}, start + 31s), start + 32s);
    CHECK(watch.is_decided());
    CHECK(watch.verdicts()[0].measured == 1s);
}

TEST_CASE("watch: nobody else may be taken for dead", "[lab]") {
    auto fine = watch_for("dead within 8s, nobody else dead for 7s");
    fine.observe(living_seeing_d("dead", 5s), start + 6s);
    CHECK_FALSE(fine.is_decided());
    fine.observe(living_seeing_d("dead", 5s), start + 7s);
    CHECK(fine.is_decided());
    CHECK(fine.verdicts()[1].passed);

    auto wrong = watch_for("dead within 8s, nobody else dead for 7s");
    auto view = living_seeing_d("dead", 5s);
    view[2].peers["a"] = {"dead", 1, 1, start + 5s, ""};
    wrong.observe(view, start + 6s);
    CHECK(wrong.is_decided());
    CHECK_FALSE(wrong.verdicts()[1].passed);
    CHECK(wrong.verdicts()[1].detail == "c takes a for dead");
}

TEST_CASE("watch: known everywhere is gone for who is gone, and alive for who came back", "[lab]") {
    auto gone = watch_for("known everywhere within 8s");
    auto view = living_seeing_d("dead", 5s);
    view[0].peers["d"] = {"left", 1, 1, start + 4s, ""};
    gone.observe(view, start + 6s);
    CHECK(gone.is_decided());
    CHECK(gone.verdicts()[0].passed);

    deed back;
    back.at = start;
    back.targets = {"d"};
    auto here = watch_for("known everywhere within 8s", back);
    here.observe(living_seeing_d("dead", -1min), start + 1s);
    CHECK_FALSE(here.is_decided());
    here.observe(living_seeing_d("alive", 2s), start + 3s);
    CHECK(here.is_decided());
    CHECK(here.verdicts()[0].passed);
}
