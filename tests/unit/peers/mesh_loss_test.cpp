// SPDX-License-Identifier: Apache-2.0
// Whose word of a loss counts, and against what.
#include "four_nodes.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::four_nodes;
using test::mesh_node;

namespace {

/// `who` has these neighbours and no others.
void surround(mesh_node& who, const std::vector<const mesh_node*>& with) {
    std::vector<identity::endpoint_id> ids;
    for (const mesh_node* each : with)
        ids.push_back(each->id());
    who.talk.lagged(ids, who.now);
    who.say();
}

/// Of whose loss these tell.
std::vector<identity::endpoint_id> subjects_of(const std::vector<byte_buffer>& said) {
    std::vector<identity::endpoint_id> subjects;
    for (const auto& content : said) {
        const auto message = read_mesh_message(content);
        const auto* const loss = std::get_if<announced_loss>(&*message);
        if (loss != nullptr) subjects.push_back(loss->report.subject);
    }
    return subjects;
}

}  // namespace

TEST_CASE_METHOD(
    four_nodes,
    "mesh: whom we hear ourselves is not dead, whoever says so",
    "[peers][mesh]"
) {
    SECTION("a neighbour") {
        d.talk.neighbor_up(a.id(), d.now);
    }
    SECTION("one that is connected") {
        d.registry.connected(a.id());
    }
    d.hear({report(b, a), report(c, a)});
    d.advance(1min);
    CHECK(d.sees(a) == "alive");
    d.advance(d.options.lease);
    CHECK(d.sees(a) == "alive");
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: one that becomes our neighbour is alive again, and not doubted",
    "[peers][mesh]"
) {
    SECTION("it was counted as dead") {
        d.hear({report(b, a), report(c, a)});
        d.advance(1s);
        REQUIRE(d.sees(a) == "dead");
    }
    SECTION("it was doubted by one") {
        d.hear({report(b, a)});
    }
    SECTION("it was lost here") {
        d.talk.neighbor_up(a.id(), d.now);
        d.talk.neighbor_down(a.id(), true, d.now);
    }
    d.talk.neighbor_up(a.id(), d.now);
    CHECK(d.sees(a) == "alive");
    d.talk.neighbor_down(a.id(), false, d.now);  // still there, only not next to us
    d.advance(1min);
    CHECK(d.sees(a) == "alive");
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: who only repeats that somebody was lost is no second witness",
    "[peers][mesh]"
) {
    const auto number = d.registry.find(a.id())->digest->number();
    const loss_report repeated{a.id(), number, c.id()};
    SECTION("after a witness") {
        d.hear({report(b, a)});
        d.talk.take_hearsay(repeated, d.now);
    }
    SECTION("before a witness") {
        d.talk.take_hearsay(repeated, d.now);
        d.hear({report(b, a)});
    }
    SECTION("after another one that repeats it") {
        d.talk.take_hearsay({a.id(), number, b.id()}, d.now);
        d.talk.take_hearsay(repeated, d.now);
    }
    d.advance(3s);
    CHECK(d.sees(a) == "stale");
    d.advance(2s);
    CHECK(d.sees(a) == "dead");
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: a peer that was lost by one and says so anew is never dead",
    "[peers][mesh]"
) {
    const auto accused = report(b, a);
    d.hear({accused});
    a.advance(1s);
    SECTION("it hears the report") {
        a.hear({accused});
    }
    SECTION("a neighbour that it compares with counts it as dead") {
        const auto number = a.self.digest().number();
        a.talk.take_hearsay({a.id(), number, b.id()}, a.now);
    }
    const auto refuted = a.say();
    REQUIRE(refuted.size() == 1);
    d.hear(refuted);
    d.hear({accused, report(c, b)});
    d.advance(1min);
    CHECK(d.sees(a) == "alive");
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: a loss is told when it has lasted a moment, and not when it is mended",
    "[peers][mesh]"
) {
    surround(d, {&a, &b});
    d.talk.neighbor_down(a.id(), true, d.now);
    d.advance(d.options.loss_hold - 1ms);
    CHECK(d.say().empty());
    SECTION("it lasts") {
        d.advance(1ms);
        CHECK(subjects_of(d.say()) == std::vector{a.id()});
    }
    SECTION("a neighbour again") {
        d.talk.neighbor_up(a.id(), d.now);
        d.advance(1min);
        CHECK(subjects_of(d.say()).empty());
    }
    SECTION("it says something") {
        a.advance(1s);
        a.self.set_state(node_state::draining);
        d.hear(a.say());
        d.advance(1min);
        CHECK(subjects_of(d.say()).empty());
        CHECK(d.sees(a) == "draining");
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: who loses all neighbours at once was cut off, and accuses nobody",
    "[peers][mesh]"
) {
    surround(d, {&a, &b});
    d.talk.neighbor_down(a.id(), true, d.now);
    d.advance(400ms);
    d.talk.neighbor_down(b.id(), true, d.now);
    CHECK(d.talk.report_loss(c.id(), {"idle for 30 s"}, d.now));
    d.advance(d.options.cut_off_wait - 1ms);
    SECTION("it is back") {
        d.talk.neighbor_up(test::sample_key(9).id(), d.now);
        d.advance(1min);
        CHECK(subjects_of(d.say()).empty());
        for (const mesh_node* each : {&a, &b, &c})
            CHECK(d.sees(*each) == "alive");
    }
    SECTION("nobody is left") {
        for (const mesh_node* each : {&a, &b, &c})
            CHECK(d.sees(*each) == "stale");
        d.advance(1ms);
        for (const mesh_node* each : {&a, &b, &c})
            CHECK(d.sees(*each) == "dead");
        CHECK(d.why(a) == "lost with all neighbours");
        CHECK(d.why(c) == "idle for 30 s");
        CHECK(d.say().empty());
        // Who comes later may know better, and those that live contradict.
        d.talk.neighbor_up(b.id(), d.now);
        CHECK(d.sees(b) == "alive");
        const auto told = subjects_of(d.say());
        CHECK(told.size() == 2);
        CHECK(std::find(told.begin(), told.end(), b.id()) == told.end());
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: one whose own connection was lost is doubted at once, and reported in a moment",
    "[peers][mesh]"
) {
    REQUIRE(d.talk.report_loss(a.id(), {"idle for 30 s"}, d.now));
    CHECK(d.sees(a) == "stale");
    CHECK(d.why(a) == "1 host lost it just now: this host (idle for 30 s)");
    CHECK(d.say().empty());
    d.advance(d.options.loss_hold);
    CHECK(subjects_of(d.say()) == std::vector{a.id()});
    CHECK(d.sees(a) == "stale");
    d.hear({report(b, a)});
    d.advance(d.options.loss_grace);
    CHECK(d.sees(a) == "dead");
    d.advance(6s);
    CHECK(d.why(a) == "2 hosts lost it 6 s ago: this host (idle for 30 s), node-2");
}
