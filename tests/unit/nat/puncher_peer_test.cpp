// SPDX-License-Identifier: Apache-2.0
// What peers may do to a puncher that they should not.
#include "nat/proto/punch_errc.hpp"
#include "punch_pair.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;
using namespace meshhost::nat::proto::test;

namespace {

constexpr time_point start{1h};

byte_buffer written(std::initializer_list<control_frame> frames) {
    byte_buffer bytes;
    for (const control_frame& frame : frames)
        append_frame(bytes, frame);
    return bytes;
}

template <class T>
std::vector<T> taken(puncher& from) {
    std::vector<T> all;
    while (const auto action = from.poll_action())
        if (const auto* const one = std::get_if<T>(&*action)) all.push_back(*one);
    return all;
}

}  // namespace

TEST_CASE("puncher: a peer that says nothing does not punch, until it does", "[nat]") {
    puncher client(punch_role::client, shared_secret());
    client.set_candidates(one_candidate(client_address), start);
    client.start(start);
    CHECK(client.current().why == reach_reason::punching);
    CHECK(client.next_deadline() == start + hello_timeout);
    client.handle_deadline(start + hello_timeout);
    CHECK(client.current().why == reach_reason::peer_does_not_punch);
    CHECK(client.next_deadline() == no_deadline);
    client.receive_control(written({hello_frame{}}), start + 1h);
    CHECK(client.current() == reach{reach_reason::punching, 1, rounds_max});
    client.control_closed(start + 2h);
    CHECK(client.current().why == reach_reason::peer_does_not_punch);
    CHECK(client.next_deadline() == no_deadline);
    client.check_invariants();
}

TEST_CASE("puncher: frames that only the other end may send end the punching", "[nat]") {
    const auto broken = [](punch_role role, const byte_buffer& bytes) {
        puncher one(role, shared_secret());
        one.set_candidates(one_candidate(client_address), start);
        one.start(start);
        one.receive_control(bytes, start);
        const auto faults = taken<peer_broke_rule>(one);
        CHECK(one.current().why == reach_reason::peer_does_not_punch);
        CHECK(one.next_deadline() == no_deadline);
        one.receive_control(written({hello_frame{}}), start);
        CHECK(one.current().why == reach_reason::peer_does_not_punch);
        REQUIRE(faults.size() == 1);
        return faults.front().why;
    };
    const add_address_frame add{1, {server_address, {}}};
    const reach_out_frame out{1, 1, 3, {}};
    const auto client = punch_role::client;
    const auto server = punch_role::server;
    CHECK(broken(client, written({hello_frame{}, out})) == punch_errc::wrong_direction);
    CHECK(broken(server, written({hello_frame{}, add})) == punch_errc::wrong_direction);
    CHECK(
        broken(server, written({hello_frame{}, remove_address_frame{1}}))
        == punch_errc::wrong_direction
    );
    CHECK(broken(client, written({add})) == punch_errc::unknown_version);
    CHECK(broken(server, from_hex("00ffff").value()) == punch_errc::too_large);
    CHECK(broken(server, from_hex("000000").value()) == punch_errc::malformed);
}

TEST_CASE("puncher: a probe without the secret moves nothing", "[nat]") {
    puncher server(punch_role::server, shared_secret());
    server.start(start);
    server.receive_control(written({hello_frame{}, reach_out_frame{1, 1, 3, {}}}), start);
    taken<send_probe>(server);
    punch_secret other = shared_secret();
    other[0] ^= 1;
    const punch_sealer stranger(other, punch_role::client);
    const auto packet = stranger.seal({false, 1, 1, {}});
    CHECK(server.receive_probe({}, client_address, packet, start) == probe_verdict::forged);
    CHECK(taken<send_probe>(server).empty());
    CHECK(server.counts().answers_sent == 0);
}

TEST_CASE("puncher: an answer is as large as its question, goes where that came from", "[nat]") {
    puncher server(punch_role::server, shared_secret());
    server.set_candidates(one_candidate(server_address), start);
    server.start(start);
    server.receive_control(written({hello_frame{}, reach_out_frame{1, 1, 3, {}}}), start);
    taken<send_probe>(server);
    const punch_sealer client(shared_secret(), punch_role::client);
    const auto packet = client.seal({false, 1, 77, {}});
    const ip_endpoint local = at("10.0.0.1:7");
    CHECK(server.receive_probe(local, client_address, packet, start) == probe_verdict::taken);
    const auto sent = taken<send_probe>(server);
    REQUIRE(sent.size() == 2);  // the answer, and a question of its own
    for (const send_probe& probe : sent) {
        CHECK(probe.to == client_address);
        CHECK(probe.from == local);
        CHECK(probe.bytes.size() == packet.size());
    }
    CHECK(client.open(sent[0].bytes) == punch_probe{true, 1, 77, client_address});
    CHECK_FALSE(client.open(sent[1].bytes)->is_answer);
    // Somebody who saw it sends it again, in the name of somebody else.
    const ip_endpoint victim = at("203.0.113.99:9");
    CHECK(server.receive_probe(local, victim, packet, start) == probe_verdict::stale);
    CHECK(taken<send_probe>(server).empty());
}

TEST_CASE("puncher: probes of earlier rounds, and answers to nothing, are stale", "[nat]") {
    puncher server(punch_role::server, shared_secret());
    server.start(start);
    server.receive_control(written({hello_frame{}, reach_out_frame{5, 1, 3, {}}}), start);
    const punch_sealer client(shared_secret(), punch_role::client);
    const auto verdict = [&](const punch_probe& probe) {
        return server.receive_probe({}, client_address, client.seal(probe), start);
    };
    CHECK(verdict({false, 4, 1, {}}) == probe_verdict::stale);
    CHECK(verdict({true, 5, 1, {}}) == probe_verdict::stale);
    CHECK(verdict({true, 4, 1, {}}) == probe_verdict::stale);
    // The next round's probe may be faster than the word of it.
    CHECK(verdict({false, 6, 1, {}}) == probe_verdict::taken);
    std::size_t refused = 0;
    for (std::uint64_t i = 0; i < 1000; ++i)
        refused += verdict({false, 5, i, {}}) == probe_verdict::over_limit;
    CHECK(refused >= 1000 - static_cast<std::size_t>(answers_burst));
}

TEST_CASE("puncher: a server that changes its mind all the time gets few rounds", "[nat]") {
    puncher client(punch_role::client, shared_secret());
    client.set_candidates(one_candidate(client_address), start);
    client.start(start);
    client.receive_control(written({hello_frame{}}), start);
    time_point now = start;
    std::size_t probes = 0;
    for (std::uint32_t i = 0; i < 6'000; ++i) {
        now += 100ms;
        const auto port = static_cast<std::uint16_t>(2000 + i % 50'000);
        const candidate victim{ip_endpoint::v4({203, 0, 113, 9}, port), {}};
        client.receive_control(
            written({hello_frame{}, remove_address_frame{i % 16}, add_address_frame{i % 16, victim}}
            ),
            now
        );
        if (client.next_deadline() <= now) client.handle_deadline(now);
        probes += taken<send_probe>(client).size();
        client.check_invariants();
    }
    // Ten minutes of it.
    CHECK(client.counts().rounds <= 60 + 8);
    CHECK(probes <= client.counts().rounds * targets_max * probes_max);
}

TEST_CASE("puncher: a server cannot make the client move where it heard nobody", "[nat]") {
    puncher client(punch_role::client, shared_secret());
    client.start(start);
    client.receive_control(
        written({hello_frame{}, add_address_frame{1, {server_address, {}}}}),
        start
    );
    client.receive_control(written({probe_ok_frame{1, server_address}}), start);
    client.receive_control(written({probe_ok_frame{2, server_address}}), start);
    client.receive_control(written({probe_ok_frame{1, client_address}}), start);
    for (time_point now = start; now < start + 1min; now += 10ms)
        client.handle_deadline(now);
    CHECK(taken<migrate_to>(client).empty());
}

TEST_CASE("puncher: what the client's answers lost, the server's word makes up for", "[nat]") {
    puncher client(punch_role::client, shared_secret());
    client.set_candidates(one_candidate(client_address), start);
    client.start(start);
    client.receive_control(
        written({hello_frame{}, add_address_frame{1, {server_address, {}}}}),
        start
    );
    const punch_sealer server(shared_secret(), punch_role::server);
    const auto question = server.seal({false, 1, 1, {}});
    CHECK(client.receive_probe({}, server_address, question, start) == probe_verdict::taken);
    taken<send_probe>(client);
    client.receive_control(written({probe_ok_frame{1, server_address}}), start);
    client.handle_deadline(start + settle_time);
    const auto moves = taken<migrate_to>(client);
    REQUIRE(moves.size() == 1);
    CHECK(moves[0].remote == server_address);
}

TEST_CASE("puncher: an answer in the last moment of a round does not make it spin", "[nat]") {
    puncher client(punch_role::client, shared_secret());
    client.set_candidates(one_candidate(client_address), start);
    client.start(start);
    client.receive_control(
        written({hello_frame{}, add_address_frame{1, {server_address, {}}}}),
        start
    );
    const punch_sealer server(shared_secret(), punch_role::server);
    std::vector<send_probe> asked = taken<send_probe>(client);
    time_point now = start;
    while (asked.size() < probes_max) {
        now = client.next_deadline();
        client.handle_deadline(now);
        for (const send_probe& probe : taken<send_probe>(client))
            asked.push_back(probe);
    }
    const time_point over = client.next_deadline();
    const auto question = server.open(asked.back().bytes).value();
    const auto answer = server.seal({true, question.round, question.nonce, client_address});
    client.receive_probe({}, server_address, answer, over - 1ms);
    now = over - 1ms;
    for (int i = 0; i < 3 && client.next_deadline() <= over + settle_time; ++i) {
        REQUIRE(client.next_deadline() > now);
        now = client.next_deadline();
        client.handle_deadline(now);
    }
    CHECK(taken<migrate_to>(client).size() == 1);
}
