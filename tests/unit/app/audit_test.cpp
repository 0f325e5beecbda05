// SPDX-License-Identifier: Apache-2.0
// The rules over tables that are wrong on purpose, one way at a time.
#include "app/audit.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::app;

namespace {

constexpr time_point start = time_point(1000s);

/// Two peers connected over gossip, one of them over ping as well. Everything adds up.
audit_facts sound() {
    audit_facts facts;
    facts.connections = {
        {1, "aaaa", "/gossip", 2},
        {2, "bbbb", "/gossip", 1},
        {3, "aaaa", "ping", 1}};
    facts.owners = {{"gossip", {"/gossip"}, {1, 2}, 3}, {"ping", {"ping"}, {3}, std::nullopt}};
    facts.timers = {{"gossip", 3, 0}, {"app", 1, 0}};
    facts.declared = {{"gossip", 3, false}, {"app", 2, true}};
    facts.invariants = {{"transport", {"connections.counted", "opened less closed", 3, 3}}};
    facts.topics = {{"topic", {"aaaa", "bbbb"}}};
    facts.linked = {"aaaa", "bbbb"};
    facts.resources = {
        {.rule = "process.descriptors",
         .words = "descriptors",
         .found = 14,
         .accounted = 2,
         .constant = 12}};
    return facts;
}

/// The only thing that is found.
audit_finding only_finding(const audit_facts& facts) {
    const auto result = audit(facts);
    REQUIRE(result.findings.size() == 1);
    const auto& found = result.findings.front();
    const auto rule = std::find_if(result.rules.begin(), result.rules.end(), [&](const auto& each) {
        return each.rule == found.rule;
    });
    REQUIRE(rule != result.rules.end());
    CHECK_FALSE(rule->ok);
    return found;
}

}  // namespace

TEST_CASE("audit: tables that add up are without findings", "[audit]") {
    const auto result = audit(sound());
    CHECK(result.findings.empty());
    CHECK(result.rules.size() >= 9);
    for (const auto& rule : result.rules)
        CHECK(rule.ok);
}

TEST_CASE("audit: a connection that no room knows is named with its peer", "[audit]") {
    auto facts = sound();
    facts.owners[0].connections = {1};
    const auto found = only_finding(facts);
    CHECK(found.rule == "connections.owned");
    CHECK(found.owner == "gossip");
    CHECK(found.words == "the connection with bbbb over /gossip is in no room's tables");
    CHECK((found.expected == 1 && found.found == 0 && found.must_last));
}

TEST_CASE("audit: a connection over a protocol that no room serves", "[audit]") {
    auto facts = sound();
    facts.connections.push_back({9, "cccc", "/strange", 0});
    CHECK(only_finding(facts).owner == "nobody");
}

TEST_CASE("audit: a connection that two rooms hold", "[audit]") {
    auto facts = sound();
    facts.owners[1].connections.push_back(1);
    const auto found = only_finding(facts);
    CHECK(found.rule == "connections.owned");
    CHECK(found.found == 2);
}

TEST_CASE("audit: a connection that is held after its end", "[audit]") {
    auto facts = sound();
    facts.owners[1].connections.push_back(77);
    const auto found = only_finding(facts);
    CHECK(found.rule == "connections.known");
    CHECK(found.owner == "ping");
}

TEST_CASE("audit: a stream that was not returned", "[audit]") {
    auto facts = sound();
    facts.connections[1].streams = 2;
    const auto found = only_finding(facts);
    CHECK(found.rule == "streams.returned");
    CHECK(found.owner == "gossip");
    CHECK((found.expected == 3 && found.found == 4));
}

TEST_CASE("audit: a timer that its room does not know", "[audit]") {
    auto facts = sound();
    facts.timers[0].timers = 4;
    const auto found = only_finding(facts);
    CHECK(found.rule == "timers.owned");
    CHECK(found.owner == "gossip");
    CHECK(found.words == "gossip has 4 timers and accounts for 3");
}

TEST_CASE("audit: a timer of a room that has none", "[audit]") {
    auto facts = sound();
    facts.timers.push_back({"wire", 1, 0});
    CHECK(only_finding(facts).owner == "wire");
}

TEST_CASE("audit: fewer timers than there should be, unless there may be", "[audit]") {
    auto facts = sound();
    facts.timers[1].timers = 0;
    CHECK(audit(facts).findings.empty());
    facts.timers[0].timers = 2;
    CHECK(only_finding(facts).owner == "gossip");
}

TEST_CASE("audit: deadlines that pass, waits that stay, work that is not done", "[audit]") {
    auto facts = sound();
    facts.timers[0].overdue = 1;
    CHECK(only_finding(facts).rule == "timers.overdue");
    facts = sound();
    facts.orphaned_waits = 1;
    CHECK(only_finding(facts).rule == "timers.orphans");
    facts = sound();
    facts.tasks_waiting = tasks_waiting_max + 1;
    CHECK(only_finding(facts).rule == "tasks.waiting");
}

TEST_CASE("audit: a registry above its cap is wrong at once", "[audit]") {
    auto facts = sound();
    facts.invariants.push_back({"peers", within("peers.registry", "nodes known", 1025, 1024)});
    const auto found = only_finding(facts);
    CHECK(found.rule == "peers.registry");
    CHECK(found.owner == "peers");
    CHECK((found.expected == 1024 && found.found == 1025 && !found.must_last));
    audit_history history;
    CHECK(history.judge(audit(facts), start).discrepancies.size() == 1);
}

TEST_CASE("audit: a neighbour without a connection", "[audit]") {
    auto facts = sound();
    facts.linked = {"bbbb"};
    const auto found = only_finding(facts);
    CHECK(found.rule == "gossip.neighbors");
    CHECK(found.words == "the neighbour aaaa has no connection");
}

TEST_CASE("audit: a descriptor that nobody accounts for", "[audit]") {
    auto facts = sound();
    facts.resources[0].found = 15;
    const auto found = only_finding(facts);
    CHECK(found.rule == "process.descriptors");
    CHECK(found.owner == "process");
    CHECK((found.expected == 14 && found.found == 15));
    facts.resources[0].slack = 1;  // a plugin's
    CHECK(audit(facts).findings.empty());
    facts.resources[0].found = 3;
    CHECK(audit(facts).findings.empty());
}

TEST_CASE("audit: the first discrepancy is the first rule's", "[audit]") {
    auto facts = sound();
    facts.invariants[0].what.found = 4;
    facts.resources[0].found = 100;
    facts.timers[0].timers = 7;
    const auto result = audit(facts);
    REQUIRE(result.findings.size() == 3);
    CHECK(result.findings.front().rule == "connections.counted");
}

TEST_CASE("audit history: what may be in flux counts when it lasts", "[audit]") {
    auto facts = sound();
    facts.owners[0].connections = {1};
    audit_history history;
    auto report = history.judge(audit(facts), start);
    CHECK(report.discrepancies.empty());
    CHECK(report.suspicions == 1);
    CHECK(std::all_of(report.rules.begin(), report.rules.end(), [](auto& rule) { return rule.ok; })
    );
    report = history.judge(audit(facts), start + 2s);
    CHECK(report.suspicions == 1);
    report = history.judge(audit(facts), start + 3s);
    CHECK(report.suspicions == 0);
    REQUIRE(report.discrepancies.size() == 1);
    CHECK(report.discrepancies[0].rule == "connections.owned");
    CHECK(
        std::count_if(report.rules.begin(), report.rules.end(), [](auto& rule) { return !rule.ok; })
        == 1
    );
}

TEST_CASE("audit history: one look without it starts anew", "[audit]") {
    auto facts = sound();
    facts.owners[0].connections = {1};
    audit_history history;
    history.judge(audit(facts), start);
    CHECK(history.judge(audit(sound()), start + 2s).suspicions == 0);
    CHECK(history.judge(audit(facts), start + 4s).suspicions == 1);
}

TEST_CASE("audit history: another connection each time is churn and no discrepancy", "[audit]") {
    audit_history history;
    for (std::uint64_t i = 0; i < 20; ++i) {
        auto facts = sound();
        facts.connections.push_back({100 + i, "cccc", "ping", 0});
        const auto report = history.judge(audit(facts), start + i * 2s);
        CHECK(report.discrepancies.empty());
        CHECK(report.suspicions == 1);
    }
}

TEST_CASE("lasting minimum: goes down when that lasts, to the most of what was seen", "[audit]") {
    lasting_minimum least;
    least.start(10);
    least.see(8, start);
    CHECK(least.value() == 10);
    least.see(12, start + 2s);
    least.see(8, start + 4s);
    CHECK(least.value() == 10);
    least.see(9, start + 5s);
    least.see(8, start + 7s);
    CHECK(least.value() == 9);
    least.see(20, start + 100s);
    CHECK(least.value() == 9);
}
