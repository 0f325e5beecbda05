// SPDX-License-Identifier: Apache-2.0
#include "digest_samples.hpp"
#include "peers/proto/state_evidence.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;
using basis = state_evidence::basis;

namespace {

constexpr time_point then{1h};

witness witness_named(const std::string& name, bool is_neighbor, bool is_us = false) {
    return {test::sample_key(1).id(), name, is_neighbor, is_us};
}

state_evidence reports_of(std::vector<witness> witnesses, std::size_t neighbors) {
    state_evidence evidence;
    evidence.what = basis::reports;
    evidence.witnesses = std::move(witnesses);
    evidence.neighbors = neighbors;
    evidence.at = then;
    return evidence;
}

}  // namespace

TEST_CASE("evidence: who lost a peer, of how many who would notice", "[peers][evidence]") {
    const auto web = witness_named("web-01", true);
    const auto disk = witness_named("disk-01", true);
    const auto far = witness_named("far-01", false);
    const auto said = [](const state_evidence& evidence) {
        return evidence_text(evidence, then + 6s);
    };
    CHECK(said(reports_of({web, disk}, 4)) == "2 of 4 neighbours lost it 6 s ago: web-01, disk-01");
    CHECK(said(reports_of({web}, 1)) == "1 of 1 neighbour lost it 6 s ago: web-01");
    CHECK(
        said(reports_of({web, far}, 4))
        == "1 of 4 neighbours and 1 other lost it 6 s ago: web-01, far-01"
    );
    CHECK(said(reports_of({far}, 4)) == "1 host lost it 6 s ago: far-01");
    CHECK(said(reports_of({far, far}, 0)) == "2 hosts lost it 6 s ago: far-01, far-01");
}

TEST_CASE("evidence: our own loss says how", "[peers][evidence]") {
    auto evidence = reports_of({witness_named("this host", true, true)}, 3);
    CHECK(evidence_text(evidence, then) == "1 of 3 neighbours lost it just now: this host");
    evidence.words = "idle for 5 s";
    CHECK(
        evidence_text(evidence, then + 2s)
        == "1 of 3 neighbours lost it 2 s ago: this host (idle for 5 s)"
    );
}

TEST_CASE("evidence: it stays true while time passes", "[peers][evidence]") {
    const auto evidence = reports_of({witness_named("web-01", false)}, 0);
    const auto [age, words] = GENERATE(table<duration, std::string>(
        {{0s, "just now"},
         {999ms, "just now"},
         {1s, "1 s ago"},
         {119s, "119 s ago"},
         {120s, "2 min ago"},
         {119min, "119 min ago"},
         {2h, "2 h ago"},
         {-1s, "just now"}}
    ));
    CHECK(evidence_text(evidence, then + age) == "1 host lost it " + words + ": web-01");
}

TEST_CASE("evidence: hearsay, leases and sentences", "[peers][evidence]") {
    auto evidence = reports_of({witness_named("web-01", false)}, 4);
    evidence.what = basis::hearsay;
    CHECK(
        evidence_text(evidence, then + 3s) == "web-01 believes that it is gone, and said so 3 s ago"
    );
    evidence.what = basis::lease;
    CHECK(evidence_text(evidence, then + 46min) == "no record of it for 46 min");
    CHECK(evidence_text(state_evidence::of("restarted"), then) == "restarted");
}
