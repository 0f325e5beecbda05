// SPDX-License-Identifier: Apache-2.0
#include "punch_pair.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;
using namespace meshhost::nat::proto::test;

namespace {

bool nothing_passes(const ip_endpoint&, const ip_endpoint&) {
    return false;
}

}  // namespace

TEST_CASE("puncher: two that can reach each other are direct at once", "[nat]") {
    punch_pair pair;
    CHECK(pair.client.machine.current().why == reach_reason::not_tried);
    pair.start();
    CHECK(pair.client.machine.current() == reach{reach_reason::punching, 1, rounds_max});
    CHECK(pair.server.machine.current() == reach{reach_reason::punching, 1, rounds_max});
    pair.run(100ms);
    CHECK(pair.client.machine.current().why == reach_reason::punched);
    CHECK(pair.server.machine.current().why == reach_reason::punched);
    CHECK(pair.client.migrations == std::vector{server_address});
    CHECK(pair.server.migrations.empty());
    CHECK(pair.client.seen == std::vector{client_address});
    CHECK(pair.client.machine.direct_remote() == server_address);
    CHECK(pair.client.reports.back().why == reach_reason::punched);
    CHECK_FALSE(pair.client.machine.is_probing());
}

TEST_CASE("puncher: an attempt has three rounds, then a try now and then, with a reason", "[nat]") {
    punch_pair pair;
    pair.network = nothing_passes;
    pair.start();
    pair.run(65s);
    std::vector<std::string> said;
    for (const reach& one : pair.client.reports)
        said.push_back(to_string(one));
    CHECK(
        said
        == std::vector<
            std::
                string>{"punching", "punching (1 of 3)", "punching (2 of 3)", "punching (3 of 3)", "no_answer"}
    );
    CHECK(pair.server.machine.current().why == reach_reason::no_answer);
    CHECK(pair.client.machine.counts().rounds == 3);
    CHECK(pair.client.probes_sent == 3 * probes_max);
    // At most five in ten minutes, and for ever.
    pair.run(9min);
    CHECK(pair.client.machine.counts().rounds == 5);
    CHECK(pair.client.reports.size() == said.size());
    pair.run(2h);
    const auto rounds = pair.client.machine.counts().rounds;
    CHECK(rounds >= 15);
    CHECK(rounds <= 18);
    // And when the way is free one day, it is found.
    pair.network = [](const auto&, const auto&) { return true; };
    pair.run(11min);
    CHECK(pair.client.machine.current().why == reach_reason::punched);
    CHECK(pair.server.machine.current().why == reach_reason::punched);
}

TEST_CASE("puncher: what is known of the NATs is the reason", "[nat]") {
    const auto [ours, theirs, why] = GENERATE(table<known, known, reach_reason>({
        {known::yes, known::yes, reach_reason::nat_symmetric_both},
        {known::yes, known::no, reach_reason::nat_symmetric_hard},
        {known::unknown, known::yes, reach_reason::nat_symmetric_hard},
        {known::no, known::no, reach_reason::no_answer},
    }));
    punch_pair pair;
    pair.network = nothing_passes;
    pair.client.machine.set_traits({.mapping_varies = ours}, pair.now);
    pair.server.machine.set_traits({.mapping_varies = theirs}, pair.now);
    pair.start();
    pair.run(5min);
    CHECK(pair.client.machine.current().why == why);
    CHECK(pair.server.machine.current().why == why);
}

TEST_CASE("puncher: where no UDP gets out nothing is sent until it does", "[nat]") {
    punch_pair pair;
    pair.server.machine.set_traits({.udp_works = known::no}, pair.now);
    pair.start();
    pair.run(1h);
    CHECK(pair.client.machine.current().why == reach_reason::udp_blocked);
    CHECK(pair.server.machine.current().why == reach_reason::udp_blocked);
    CHECK(pair.client.probes_sent == 0);
    pair.server.machine.set_traits({.udp_works = known::yes}, pair.now);
    pair.drain();
    pair.run(1s);
    CHECK(pair.client.machine.current().why == reach_reason::punched);
}

TEST_CASE("puncher: without addresses there is nothing to try, with one there is", "[nat]") {
    punch_pair pair;
    pair.start({}, {});
    pair.run(1h);
    CHECK(pair.client.machine.current().why == reach_reason::no_candidates);
    CHECK(pair.client.probes_sent == 0);
    SECTION("the client's") {
        pair.client.machine.set_candidates(one_candidate(client_address), pair.now);
    }
    SECTION("the server's") {
        pair.server.machine.set_candidates(one_candidate(server_address), pair.now);
    }
    pair.drain();
    pair.run(6s);
    CHECK(pair.client.machine.current().why == reach_reason::punched);
    CHECK(pair.server.machine.current().why == reach_reason::punched);
}

TEST_CASE("puncher: in two families there is nothing to try, as both ends say", "[nat]") {
    punch_pair pair;
    const ip_endpoint v6 = *ip_endpoint::parse("[2001:db8::1]:4000");
    pair.start(one_candidate(client_address), one_candidate(v6));
    pair.run(5min);
    CHECK(pair.client.machine.current().why == reach_reason::no_candidates);
    CHECK(pair.server.machine.current().why == reach_reason::no_candidates);
}

TEST_CASE("puncher: the same addresses in another order are no reason to begin anew", "[nat]") {
    punch_pair pair;
    pair.network = nothing_passes;
    const candidate one{*ip_endpoint::parse("203.0.113.1:1000"), candidate_kind::reflexive};
    const candidate other{*ip_endpoint::parse("203.0.113.1:2000"), candidate_kind::reflexive};
    candidate_set there, back;
    there.add(one);
    there.add(other);
    back.add(other);
    back.add(one);
    REQUIRE(there != back);
    pair.start(there, one_candidate(server_address));
    for (int i = 0; i < 5; ++i) {
        pair.run(20s);
        pair.client.machine.set_candidates(i % 2 == 0 ? back : there, pair.now);
        pair.drain();
    }
    CHECK(pair.client.machine.current().why == reach_reason::no_answer);
    CHECK(pair.client.machine.counts().rounds == 3);
}

TEST_CASE("puncher: an operator who wants relays only gets them", "[nat]") {
    punch_pair pair;
    const bool is_client = GENERATE(true, false);
    punch_end& shy = is_client ? pair.client : pair.server;
    shy.machine.set_traits({.relay_only = true}, pair.now);
    pair.start();
    pair.run(1h);
    CHECK(pair.client.machine.current().why == reach_reason::relay_only_by_config);
    CHECK(pair.server.machine.current().why == reach_reason::relay_only_by_config);
    CHECK(pair.client.probes_sent + pair.server.probes_sent == 0);
    const auto hit = to_hex(shy.control).find("cb0071");  // 203.0.113: its address is not told
    CHECK(hit == std::string::npos);
}

TEST_CASE("puncher: a migration that fails is tried elsewhere, then said", "[nat]") {
    punch_pair pair;
    pair.migration = nothing_passes;
    const bool answers = GENERATE(true, false);
    pair.answers_moves = answers;  // false: the driver never says
    pair.start();
    pair.run(2min);
    CHECK(pair.client.machine.current().why == reach_reason::migration_failed);
    CHECK(pair.client.machine.counts().moves_failed >= 3);
    CHECK(pair.client.machine.counts().moves <= pair.client.machine.counts().moves_failed + 1);
    pair.run(1min);
    CHECK(is_relayed(pair.server.machine.current().why));
}

TEST_CASE("puncher: a path that dies is left for the relay, and looked for again", "[nat]") {
    punch_pair pair;
    pair.start();
    pair.run(1s);
    REQUIRE(is_direct(pair.client.machine.current().why));
    pair.network = nothing_passes;
    pair.client.machine.path_failed(server_address, pair.now);
    pair.server.machine.path_failed(client_address, pair.now);
    pair.drain();
    CHECK(pair.client.relay_uses == 1);
    CHECK(pair.server.relay_uses == 0);
    CHECK(pair.client.machine.current() == reach{reach_reason::punching, 1, rounds_max});
    pair.run(1s);
    pair.network = [](const auto&, const auto&) { return true; };
    pair.run(2s);
    CHECK(pair.client.machine.current().why == reach_reason::punched);
    CHECK(pair.server.machine.current().why == reach_reason::punched);
}

TEST_CASE("puncher: a path that flaps does not make it run", "[nat]") {
    punch_pair pair;
    pair.start();
    for (int second = 0; second < 600; ++second) {
        pair.run(1s);
        if (const auto remote = pair.client.machine.direct_remote()) {
            pair.client.machine.path_failed(*remote, pair.now);
            pair.server.machine.path_failed(client_address, pair.now);
            pair.drain();
        }
    }
    CHECK(pair.client.machine.counts().rounds <= 2 * 600 / 5 + 10);
    CHECK(pair.client.machine.counts().rounds >= 60);
}

TEST_CASE("puncher: another network starts it at once", "[nat]") {
    punch_pair pair;
    pair.network = nothing_passes;
    pair.start();
    pair.run(5min);
    pair.network = [](const auto&, const auto&) { return true; };
    SECTION("the client's") {
        pair.client.machine.network_changed(pair.now);
        pair.drain();
        pair.run(1s);
    }
    SECTION("the server's") {
        pair.server.machine.network_changed(pair.now);
        pair.drain();
        pair.run(1s);
    }
    CHECK(pair.client.machine.current().why == reach_reason::punched);
}

TEST_CASE("puncher: a slow direct path is improved, a good one left alone", "[nat]") {
    punch_pair pair;
    pair.start();
    pair.run(1s);
    const auto rounds = pair.client.machine.counts().rounds;
    SECTION("a good one") {
        pair.client.machine.path_validated(server_address, 2ms, pair.now);
        pair.run(1h);
        CHECK(pair.client.machine.counts().rounds == rounds);
    }
    SECTION("a slow one, and nothing better") {
        pair.run(1h);
        CHECK(pair.client.machine.counts().rounds > rounds);
        CHECK(pair.client.migrations.size() == 1);
    }
    SECTION("a slow one, and a better") {
        pair.client.machine.path_measured(80ms);
        const ip_endpoint near = at("192.168.1.2:2000");
        candidate_set both = one_candidate(server_address);
        both.add({near, candidate_kind::interface});
        pair.server.address = near;
        pair.server.machine.set_candidates(both, pair.now);
        pair.drain();
        pair.run(10s);
        CHECK(pair.client.machine.direct_remote() == near);
        CHECK(pair.client.machine.current().why == reach_reason::same_lan);
    }
    CHECK(is_direct(pair.client.machine.current().why));
}

TEST_CASE("puncher: why a path is direct follows from both of its ends", "[nat]") {
    using enum candidate_kind;
    struct row {
        const char* of_client;
        candidate_kind client_kind;
        const char* of_server;
        candidate_kind server_kind;
        reach_reason why;
    };
    const row each = GENERATE(
        row{"203.0.113.1:1", reflexive, "203.0.113.2:2", reflexive, reach_reason::punched},
        row{"203.0.113.1:1", interface, "203.0.113.2:2", reflexive, reach_reason::direct},
        row{"203.0.113.1:1", reflexive, "203.0.113.2:2", interface, reach_reason::direct},
        row{"203.0.113.1:1", reflexive, "203.0.113.2:2", told, reach_reason::direct},
        row{"203.0.113.1:1", port_mapped, "203.0.113.2:2", reflexive, reach_reason::port_mapped},
        row{"203.0.113.1:1", reflexive, "203.0.113.2:2", port_mapped, reach_reason::port_mapped},
        row{"192.168.1.1:1", interface, "192.168.1.2:2", interface, reach_reason::same_lan},
        row{"192.168.1.1:1", interface, "192.168.1.1:2", interface, reach_reason::same_host}
    );
    punch_pair pair;
    pair.client.address = at(each.of_client);
    pair.server.address = at(each.of_server);
    pair.start(
        one_candidate(pair.client.address, each.client_kind),
        one_candidate(pair.server.address, each.server_kind)
    );
    pair.run(1s);
    INFO(each.of_client << " " << each.of_server);
    CHECK(pair.client.machine.current().why == each.why);
    CHECK(pair.server.machine.current().why == each.why);
}

TEST_CASE(
    "puncher: the client waits half the relay's round trip, so that both begin together",
    "[nat]"
) {
    punch_pair pair;
    pair.client.machine.set_relay_rtt(80ms);
    pair.start();
    CHECK(pair.client.probes_sent == 0);
    CHECK(pair.client.machine.next_deadline() == pair.now + 40ms);
    CHECK(pair.server.probes_sent == 1);
}

TEST_CASE("puncher: no more actions than a bound when nobody takes them", "[nat]") {
    puncher lazy(punch_role::server, shared_secret());
    const punch_sealer peer(shared_secret(), punch_role::client);
    time_point now{1h};
    lazy.start(now);
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        now += 1ms;
        byte_buffer bytes;
        append_frame(bytes, hello_frame{});
        append_frame(bytes, reach_out_frame{i + 1, 1, 3, {{client_address, {}}}});
        lazy.receive_control(bytes, now);
        lazy.receive_probe({}, client_address, peer.seal({false, i + 1, i, {}}), now);
        lazy.handle_deadline(now);
        lazy.check_invariants();
    }
    CHECK(lazy.counts().rounds < 2 * 20 / 5 + 10);
    CHECK(lazy.counts().answers_sent < 20 * 50 + 200);
}
