// SPDX-License-Identifier: Apache-2.0
// From the first report of a loss to the belief in a death, and back.
#include "four_nodes.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::four_nodes;
using test::mesh_node;

namespace {

const report_counts& counts(const mesh_node& of) {
    return of.talk.judge().counts();
}

bool has_checked(mesh_node& who, const mesh_node& peer) {
    who.say();
    return std::find(who.checks.begin(), who.checks.end(), peer.id()) != who.checks.end();
}

}  // namespace

TEST_CASE_METHOD(
    four_nodes,
    "mesh: two reporters are believed, and never before the peer had a moment to contradict",
    "[peers][mesh]"
) {
    d.hear({report(b, a), report(c, a)});
    CHECK(d.sees(a) == "stale");
    CHECK(counts(d).taken == 2);
    d.advance(d.options.loss_grace - 1ms);
    CHECK(d.sees(a) == "stale");
    SECTION("it does") {
        a.now = d.now;
        a.hear({report(b, a)});
        d.hear(a.say());
        CHECK(d.sees(a) == "alive");
        CHECK(counts(d).refuted == 2);
        d.advance(1min);
        CHECK(d.sees(a) == "alive");
        d.hear({make_loss_message(c.key, {a.id(), {1000, 1}, c.id()})});
        CHECK(counts(d).refuted == 3);  // late
        CHECK(d.sees(a) == "alive");
        CHECK(d.registry.counts().deaths == 0);
    }
    SECTION("it does not") {
        d.advance(1ms);
        CHECK(d.sees(a) == "dead");
        CHECK(d.why(a) == "2 hosts lost it just now: node-2, node-3");
        CHECK(d.registry.counts().deaths == 1);
    }
    SECTION("too late") {
        d.advance(1ms);
        REQUIRE(d.sees(a) == "dead");
        a.now = d.now;
        a.hear({report(b, a)});
        d.hear(a.say());
        CHECK(d.sees(a) == "alive");
        CHECK(d.registry.counts().false_alarms == 1);
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: evidence counts those whom the peer named as neighbours",
    "[peers][mesh]"
) {
    const auto e = test::sample_key(5).id();
    for (const auto& peer : {b.id(), c.id(), e})
        a.talk.neighbor_up(peer, a.now);
    a.say();
    a.advance(10s);  // views settle
    d.hear(a.say());
    const auto number = d.registry.find(a.id())->digest->number();
    REQUIRE(d.registry.find(a.id())->digest->neighbors.size() == 4);
    d.hear({make_loss_message(b.key, {a.id(), number, b.id()})});
    d.advance(2s);
    CHECK(d.why(a) == "1 of 4 neighbours lost it 2 s ago: node-2");
    REQUIRE(d.talk.report_loss(a.id(), {"idle for 5 s"}, d.now));
    CHECK(
        d.why(a)
        == "1 of 4 neighbours and 1 other lost it just now: this host (idle for 5 s), node-2"
    );
    d.hear({make_loss_message(c.key, {a.id(), number, c.id()})});
    d.advance(1s);
    CHECK(d.sees(a) == "dead");
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: who is connected to a peer that somebody lost tries it before believing anything",
    "[peers][mesh]"
) {
    d.registry.connected(a.id());
    d.hear({report(b, a)});
    CHECK(d.sees(a) == "alive");
    CHECK(has_checked(d, a));
    SECTION("it answers") {
        d.hear({report(c, a)});
        d.advance(1h);
        CHECK(d.sees(a) == "alive");
    }
    SECTION("it does not: the second reporter is this host") {
        d.advance(1500ms);
        d.registry.disconnected(a.id());
        REQUIRE(d.talk.report_loss(a.id(), {"no answer to pings"}, d.now));
        CHECK(d.sees(a) == "stale");
        d.advance(0s);  // nothing to wait for: another lost it, too, and we hear that one
        CHECK(d.sees(a) == "dead");
        const auto said = d.say();
        CHECK(said.size() == 1);  // those that wait for a second reporter hear of it
        c.hear({report(b, a)});
        c.advance(2s);
        c.hear(said);
        c.advance(0s);
        CHECK(c.sees(a) == "dead");
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: where the peer's host says that nobody is there it is reported sooner",
    "[peers][mesh]"
) {
    REQUIRE(d.talk.report_loss(a.id(), {"nobody listens", loss_kind::refused}, d.now));
    d.advance(d.options.loss_hold_refused - 1ms);
    CHECK(d.say().empty());
    d.advance(1ms);
    CHECK(d.say().size() == 1);
    SECTION("a host that has no neighbour left is not cut off") {
        d.talk.neighbor_down(test::sample_key(9).id(), false, d.now);
        REQUIRE(d.talk.report_loss(b.id(), {"nobody listens", loss_kind::refused}, d.now));
        d.advance(d.options.loss_hold_refused);
        CHECK(d.sees(b) == "dead");
        CHECK(d.why(b) == "nobody listens");
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: a host that runs late holds its suspicions back",
    "[peers][mesh]"
) {
    const duration late = d.options.lag_tolerated + d.options.lag_unit;
    SECTION("its own") {
        REQUIRE(d.talk.report_loss(a.id(), {"idle for 5 s"}, d.now));
        d.talk.lagged_behind(late, d.now);
        d.advance(d.options.loss_hold);
        CHECK(d.say().empty());
        d.advance(d.options.loss_hold);
        CHECK(d.say().size() == 1);
    }
    SECTION("those of two others") {
        d.hear({report(b, a), report(c, a)});
        d.talk.lagged_behind(late, d.now);
        d.advance(d.options.loss_grace);
        CHECK(d.sees(a) == "stale");
        d.advance(d.options.loss_grace);
        CHECK(d.sees(a) == "dead");
    }
    SECTION("that of one") {
        d.hear({report(b, a)});
        d.advance(4s);
        d.talk.lagged_behind(late, d.now);
        d.advance(1s);
        CHECK(d.sees(a) == "stale");
        d.advance(4500ms);
        CHECK(d.sees(a) == "dead");
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: a host that was suspended believes no lease to be over",
    "[peers][mesh]"
) {
    d.now += 3h;
    SECTION("it knows") {
        d.talk.lagged_behind(3h, d.now);
        d.advance(0s);
        CHECK(d.sees(a) == "alive");
        d.advance(d.options.lease);
        CHECK(d.sees(a) == "stale");
    }
    SECTION("it does not") {
        d.advance(0s);
        CHECK(d.sees(a) == "dead");
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: an overdue lease is a doubt, the peer is asked, and in time it is dead",
    "[peers][mesh]"
) {
    d.advance(d.options.lease + 1min);
    CHECK(d.sees(a) == "stale");
    CHECK(d.why(a) == "no record of it for 46 min");
    SECTION("it answers") {
        const auto asked = d.say();
        REQUIRE(asked.size() >= 3);  // one for each of the three, and perhaps its own record
        a.now = d.now;
        a.hear(asked);
        d.hear(a.say());
        CHECK(d.sees(a) == "alive");
        CHECK(d.sees(b) == "stale");
    }
    SECTION("it does not") {
        d.advance(d.options.lease / 3 + 1min);
        CHECK(d.sees(a) == "dead");
    }
}

TEST_CASE_METHOD(four_nodes, "mesh: a record's own lease counts", "[peers][mesh]") {
    node_digest brief = test::small_digest(7, 1000, 1);
    brief.mesh = "m";
    brief.lease = std::chrono::seconds(30);
    const auto record = sign_digest(test::sample_key(7), brief).value();
    d.hear({make_record_message(record)});
    const auto state = [&] { return to_string(d.registry.find(brief.origin)->state); };
    d.advance(1min);  // the look at leases that was due before
    CHECK(state() == std::string("dead"));
    SECTION("looked at when it is over") {
        brief.sequence = 2;
        d.hear({make_record_message(sign_digest(test::sample_key(7), brief).value())});
        REQUIRE(state() == std::string("alive"));
        d.advance(1min);
        CHECK(state() != std::string("alive"));
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: hearsay asks the peer, which answers all at once; others leave it alone",
    "[peers][mesh]"
) {
    const auto number = d.registry.find(a.id())->digest->number();
    b.talk.take_hearsay({a.id(), number, c.id()}, b.now);
    CHECK(b.sees(a) == "stale");
    CHECK(b.why(a) == "node-3 believes that it is gone, and said so just now");
    const auto asked = b.say();
    REQUIRE(asked.size() == 1);
    b.talk.take_hearsay({a.id(), number, d.id()}, b.now);
    CHECK(b.say().empty());  // once
    d.hear(asked);
    CHECK(d.sees(a) == "alive");
    CHECK(counts(d).taken == 0);
    SECTION("it is there") {
        a.advance(1s);
        a.hear(asked);
        b.hear(a.say());
        CHECK(b.sees(a) == "alive");
        b.advance(1min);
        CHECK(b.sees(a) == "alive");
    }
    SECTION("it is not") {
        b.advance(b.options.loss_wait_min);
        CHECK(b.sees(a) == "dead");
    }
    SECTION("somebody else's signature asks nothing") {
        auto forged = asked;
        forged.front().back() ^= 1;
        a.hear(forged);
        CHECK(a.say().empty());
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: who is said to be lost says so at once, but not for ever",
    "[peers][mesh]"
) {
    for (int i = 0; i < 20; ++i) {  // its budget of records is spent
        a.advance(100ms);
        REQUIRE_FALSE(a.self.set_contribution(test::sample_contribution("r", "k", std::int64_t{i}))
        );
        a.say();
    }
    const auto accuse = [&] {
        const digest_version number = a.self.digest().number();
        a.hear({make_loss_message(b.key, {a.id(), number, b.id()})});
    };
    std::size_t answers = 0;
    for (int i = 0; i < 60; ++i) {  // six seconds
        a.advance(100ms);
        accuse();
        answers += a.say().size();
        if (i == 0) CHECK(answers == 1);
    }
    CHECK(answers >= 5);
    CHECK(answers <= 8);
    const auto last = a.self.digest().number();
    a.advance(10s);
    accuse();
    const auto output = a.talk.poll(a.now);
    REQUIRE(output);
    CHECK(std::get<broadcast_output>(*output).is_urgent);
    CHECK(a.self.digest().number() > last);
}

TEST_CASE("mesh: an observer loses nobody for others", "[peers][mesh]") {
    four_nodes mesh;
    auto& [a, b, c, d] = mesh;
    self_description what;
    what.mesh = "m";
    what.name = "watcher";
    what.version = "1.0";
    what.tier = node_tier::observer;
    REQUIRE_FALSE(b.self.describe(what));
    mesh.tell(b);
    mesh.advance(10s);
    mesh.tell(b);
    REQUIRE(d.registry.find(b.id())->digest->tier == node_tier::observer);
    SECTION("its reports do not count") {
        d.hear({mesh.report(b, a)});
        CHECK(d.sees(a) == "alive");
        CHECK(counts(d).ignored == 1);
        d.talk.take_hearsay({a.id(), d.registry.find(a.id())->digest->number(), b.id()}, d.now);
        CHECK(d.sees(a) == "alive");
    }
    SECTION("it makes none") {
        REQUIRE(b.talk.report_loss(a.id(), {"idle for 5 s"}, b.now));
        b.advance(1s);
        CHECK(b.say().empty());
        CHECK(b.sees(a) == "stale");
        b.hear({mesh.report(c, a)});
        b.advance(1s);
        CHECK(b.sees(a) == "dead");
    }
    SECTION("it is lost as any other") {
        d.hear({mesh.report(a, b), mesh.report(c, b)});
        d.advance(1s);
        CHECK(d.sees(b) == "dead");
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: reports that change nothing are counted, and not looked at",
    "[peers][mesh]"
) {
    const auto stranger = test::sample_key(7);
    const auto number = d.registry.find(a.id())->digest->number();
    d.hear({make_loss_message(stranger, {a.id(), number, stranger.id()})});
    d.hear({make_loss_message(b.key, {stranger.id(), number, b.id()})});
    CHECK(counts(d).ignored == 2);
    d.hear({report(b, a), report(b, a)});
    CHECK(counts(d).taken == 1);
    CHECK(counts(d).ignored == 3);
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: who left is no news to whom it never was there",
    "[peers][mesh]"
) {
    mesh_node late(8);
    late.talk.neighbor_up(test::sample_key(9).id(), late.now);
    a.advance(1s);
    a.self.set_state(node_state::left);
    const auto last = a.say();
    REQUIRE(last.size() == 1);
    late.hear(last);
    d.hear(last);
    CHECK(late.sees(a) == "unknown");
    CHECK(d.sees(a) == "left");
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: a node whose neighbours are all gone is asked, since nobody else would miss it",
    "[peers][mesh]"
) {
    a.talk.neighbor_up(b.id(), a.now);
    a.talk.neighbor_down(test::sample_key(9).id(), false, a.now);
    a.say();
    a.advance(10s);  // its view settles
    tell(a);
    REQUIRE(d.registry.find(a.id())->digest->neighbors.size() == 1);
    d.now = a.now;
    d.hear({report(c, b)});
    REQUIRE(d.talk.report_loss(b.id(), {"idle for 5 s"}, d.now));
    CHECK(d.sees(a) == "alive");
    d.advance(1s);
    REQUIRE(d.sees(b) == "dead");
    SECTION("unless it has found others meanwhile") {
        CHECK(d.sees(a) == "alive");
        a.now = d.now;
        a.talk.neighbor_up(c.id(), a.now);
        a.talk.neighbor_down(b.id(), false, a.now);
        a.say();
        a.advance(3s);
        d.hear(a.say());
        d.advance(1min);
        CHECK(d.sees(a) == "alive");
        return;
    }
    d.advance(d.options.orphan_wait - 1s);
    CHECK(d.sees(a) == "alive");
    d.advance(1s);
    CHECK(d.sees(a) == "stale");
    const auto asked = d.say();
    SECTION("it answers") {
        a.now = d.now;
        a.hear(asked);
        d.hear(a.say());
        CHECK(d.sees(a) == "alive");
        d.advance(1min);
        CHECK(d.sees(a) == "alive");
        CHECK(d.registry.counts().deaths == 1);
    }
    SECTION("it does not") {
        d.advance(d.options.loss_wait_min - 1ms);
        CHECK(d.sees(a) == "stale");
        d.advance(1ms);
        CHECK(d.sees(a) == "dead");
    }
}

TEST_CASE_METHOD(
    four_nodes,
    "mesh: a node with a neighbour left, or with one that is not known here, is nobody's orphan",
    "[peers][mesh]"
) {
    a.talk.neighbor_up(b.id(), a.now);  // and the one that is none of them
    a.say();
    a.advance(10s);
    tell(a);
    d.now = a.now;
    d.hear({report(c, b)});
    REQUIRE(d.talk.report_loss(b.id(), {"idle for 5 s"}, d.now));
    d.advance(1s);
    REQUIRE(d.sees(b) == "dead");
    CHECK(d.sees(a) == "alive");
    d.advance(1min);
    CHECK(d.sees(a) == "alive");
}
