// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/probe_round.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

constexpr time_point start{1h};

ip_endpoint at(std::uint16_t port) {
    return ip_endpoint::v4({198, 51, 100, 7}, port);
}

candidate target(std::uint16_t port) {
    return {at(port), candidate_kind::reflexive};
}

std::vector<probe_round::question> due(probe_round& round, time_point now) {
    std::vector<probe_round::question> all;
    while (const auto question = round.poll_question(now))
        all.push_back(*question);
    return all;
}

}  // namespace

TEST_CASE("probe_round: nine probes to each address, 33 ms apart, then twice, up to 2 s", "[nat]") {
    const std::vector targets{target(1), target(2)};
    probe_round round(1, targets, start + 50ms);
    std::vector<std::int64_t> times;
    time_point now = start;
    CHECK(due(round, now).empty());
    while (!round.is_over(now)) {
        REQUIRE(round.next_deadline() > now);
        now = round.next_deadline();
        const auto asked = due(round, now);
        if (asked.empty()) continue;
        REQUIRE(asked.size() == 2);
        CHECK(asked[0].to == at(1));
        CHECK(asked[1].to == at(2));
        CHECK(asked[0].nonce != asked[1].nonce);
        times.push_back((now - start) / 1ms);
    }
    CHECK(times == std::vector<std::int64_t>{50, 83, 149, 281, 545, 1073, 2129, 4129, 6129});
    CHECK(now == start + 7129ms);
    CHECK(round.verified().empty());
}

TEST_CASE("probe_round: who answered is asked no more", "[nat]") {
    const std::vector targets{target(1), target(2)};
    probe_round round(1, targets, start);
    const auto first = due(round, start);
    const auto* const path = round.heard_answer(at(9), at(1), first[0].nonce, at(77), start + 12ms);
    REQUIRE(path != nullptr);
    CHECK(path->remote == target(1));
    CHECK(path->local == at(9));
    CHECK(path->rtt == 12ms);
    CHECK(path->seen == at(77));
    const auto second = due(round, start + 33ms);
    REQUIRE(second.size() == 1);
    CHECK(second[0].to == at(2));
    // A late answer to an early question counts, with its own time.
    CHECK(round.heard_answer(at(9), at(2), first[1].nonce, {}, start + 50ms)->rtt == 50ms);
    CHECK(round.best_untried()->remote == target(1));
    round.best_untried()->was_tried = true;
    CHECK(round.best_untried()->remote == target(2));
    round.best_untried()->was_tried = true;
    CHECK(round.best_untried() == nullptr);
}

TEST_CASE("probe_round: an answer counts once, from where its question went", "[nat]") {
    const std::vector targets{target(1), target(2)};
    probe_round round(1, targets, start);
    const auto asked = due(round, start);
    CHECK(round.heard_answer({}, at(3), asked[0].nonce, {}, start) == nullptr);
    CHECK(round.heard_answer({}, at(2), asked[0].nonce, {}, start) == nullptr);
    CHECK(round.heard_answer({}, at(1), 12345, {}, start) == nullptr);
    CHECK(round.heard_answer({}, at(1), asked[0].nonce, {}, start) != nullptr);
    CHECK(round.heard_answer({}, at(1), asked[0].nonce, {}, start) == nullptr);
}

TEST_CASE("probe_round: IPv6 has a bonus of 3 ms", "[nat]") {
    const candidate v6{ip_endpoint::parse("[2001:db8::1]:9").value(), candidate_kind::interface};
    const std::vector targets{target(1), v6};
    probe_round round(1, targets, start);
    const auto asked = due(round, start);
    round.heard_answer({}, at(1), asked[0].nonce, {}, start + 10ms);
    round.heard_answer({}, v6.address, asked[1].nonce, {}, start + 12ms);
    CHECK(round.best_untried()->remote == v6);
}

TEST_CASE(
    "probe_round: a question of the peer is answered by one, from the same address",
    "[nat]"
) {
    const std::vector targets{target(1)};
    probe_round round(1, targets, start + 1s);
    CHECK(round.heard_question(at(9), at(5), 1));  // an address that nobody named
    const auto asked = due(round, start);
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].to == at(5));
    CHECK(asked[0].from == at(9));
    // Once a tick, however often it asks.
    round.heard_question(at(9), at(5), 3);
    CHECK(due(round, start).empty());
    CHECK(due(round, start + 1s).size() == 2);
    round.heard_question(at(9), at(5), 4);
    CHECK(due(round, start + 1s).size() == 1);
    CHECK(round.peer_confirms(at(1)) == nullptr);
    const auto* const path = round.peer_confirms(at(5));
    REQUIRE(path != nullptr);
    CHECK(path->local == at(9));
    CHECK(path->rtt == 0ns);
    CHECK(round.peer_confirms(at(5)) == nullptr);
}

TEST_CASE("probe_round: bounded, whatever the peer does", "[nat]") {
    std::vector<candidate> many;
    for (std::uint16_t port = 100; port < 200; ++port)
        many.push_back(target(port));
    probe_round round(1, many, start);
    std::size_t sent = 0;
    std::uint64_t nonce = 0;
    std::map<ip_endpoint, unsigned> to;
    for (time_point now = start; !round.is_over(now); now += 7ms) {
        for (std::uint16_t port = 100; port < 400; port = static_cast<std::uint16_t>(port + 3))
            round.heard_question({}, at(port), ++nonce);
        round.heard_question({}, ip_endpoint::loopback_v4(80), ++nonce);
        for (const auto& question : due(round, now)) {
            ++sent;
            ++to[question.to];
        }
    }
    CHECK(to.size() <= targets_max);
    CHECK(sent <= targets_max * (probes_max + prompted_probes_max));
    for (const auto& [address, count] : to) {
        CHECK(count <= probes_max + prompted_probes_max);
        CHECK_FALSE(address.is_loopback());
    }
}

TEST_CASE("probe_round: stopped, it asks nothing and wants no time", "[nat]") {
    const std::vector targets{target(1)};
    probe_round round(1, targets, start);
    round.stop();
    CHECK(due(round, start + 1h).empty());
    CHECK(round.next_deadline() == no_deadline);
    CHECK_FALSE(round.is_over(start + 1h));
}

TEST_CASE("probe_round: after a long stop nothing is caught up on", "[nat]") {
    const std::vector targets{target(1)};
    probe_round round(1, targets, start);
    due(round, start);
    CHECK(due(round, start + 1h).size() == 1);
    CHECK(round.next_deadline() == start + 1h + 66ms);
}

TEST_CASE(
    "probe_round: a question that somebody sends again from elsewhere counts for nothing",
    "[nat]"
) {
    probe_round round(1, {}, start);
    CHECK(round.heard_question({}, at(5), 77));
    CHECK(round.heard_question({}, at(5), 77));  // the network repeats, too
    CHECK_FALSE(round.heard_question({}, at(6), 77));
    for (const auto& question : due(round, start))
        CHECK(question.to == at(5));
}
