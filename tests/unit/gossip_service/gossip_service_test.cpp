// SPDX-License-Identifier: Apache-2.0
// The driver: what the machines decide reaches the transport, and the other way round.
#include "gossip_fixture.hpp"

using namespace meshhost;
using namespace meshhost::gossip;
using test::gossip_fixture;
using test::topic_of;

namespace {

using host_list = std::vector<std::unique_ptr<test::gossip_host>>;

/// Everybody has neighbours, and is theirs: the herd has settled.
bool is_mutual(const host_list& hosts) {
    std::map<identity::endpoint_id, std::vector<identity::endpoint_id>> views;
    for (const auto& host : hosts)
        views[host->endpoint.id()] = host->service.measure(topic_of(1))->active;
    return std::all_of(views.begin(), views.end(), [&](const auto& entry) {
        const auto& [id, active] = entry;
        return !active.empty() && std::all_of(active.begin(), active.end(), [&](const auto& peer) {
            return std::count(views[peer].begin(), views[peer].end(), id) == 1;
        });
    });
}

}  // namespace

TEST_CASE_METHOD(gossip_fixture, "gossip: two hosts hear each other", "[gossip][service]") {
    const auto a = start(1);
    const auto b = start(2);
    meet(*a, *b);
    CHECK(a->say("from a"));
    CHECK(b->say("from b"));
    REQUIRE(run_until([&] { return a->heard().count("from b") && b->heard().count("from a"); }));
    CHECK(a->heard().messages.size() == 1);
    CHECK(a->service.measure().links == 1);
    CHECK(a->service.measure(topic_of(1))->active == std::vector{b->endpoint.id()});
}

TEST_CASE_METHOD(gossip_fixture, "gossip: contacts may be named later", "[gossip][service]") {
    class known_place final : public address_source {
    public:
        explicit known_place(const ip_endpoint& place)
            : place_(place) {}
        void add_addresses(identity::endpoint_addr& to) const override {
            to.direct.push_back(place_);
        }

    private:
        ip_endpoint place_;
    };
    const auto a = start(1);
    const auto b = start(2);
    const known_place of_b(b->endpoint.bound().front());
    a->service.set_address_source(&of_b);
    a->join(1);
    b->join(1);
    a->service.add_contacts(topic_of(2), {b->endpoint.id()});  // that it is not in
    CHECK(a->service.degree(topic_of(2)) == 0);
    a->service.add_contacts(topic_of(1), {b->endpoint.id()});
    REQUIRE(run_until([&] {
        return a->service.degree(topic_of(1)) == 1 && b->service.degree(topic_of(1)) == 1;
    }));
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: hosts that know one of them hear all of them",
    "[gossip][service]"
) {
    host_list hosts;
    for (std::uint8_t i = 1; i <= 8; ++i) {
        hosts.push_back(start(i));
        if (i == 1)
            hosts.back()->join(1);
        else
            hosts.back()->join(1, *hosts.front());
    }
    REQUIRE(run_until([&] { return is_mutual(hosts); }));
    for (std::size_t i = 0; i < hosts.size(); ++i)
        REQUIRE(hosts[i]->say("from " + std::to_string(i)));
    CHECK(run_until([&] {
        return std::all_of(hosts.begin(), hosts.end(), [&](const auto& host) {
            return host->heard().messages.size() == hosts.size() - 1;
        });
    }));
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: dials that cross make one link, and one connection in the end",
    "[gossip][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    a->endpoint.hold_dials();
    b->endpoint.hold_dials();
    a->join(1, *b);
    b->join(1, *a);
    REQUIRE(run_until([&] {
        return a->service.measure().dials == 1 && b->service.measure().dials == 1;
    }));
    a->endpoint.answer_dials();
    b->endpoint.answer_dials();
    REQUIRE(run_until([&] {
        return a->heard().neighbors.size() == 1 && b->heard().neighbors.size() == 1;
    }));
    a->say("one");
    b->say("two");
    REQUIRE(run_until([&] {
        return a->service.measure().connections == 1 && b->service.measure().connections == 1;
    }));
    CHECK(a->service.measure().links_up == 1);
    CHECK(a->heard().downs.empty());
    a->say("three");
    b->say("four");
    REQUIRE(run_until([&] {
        return a->heard().messages.size() == 2 && b->heard().messages.size() == 2;
    }));
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: a link that no topic needs is closed",
    "[gossip][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    meet(*a, *b);
    a->leave(1);
    REQUIRE(run_until([&] { return b->heard().downs.size() == 1; }));
    CHECK(b->heard().downs.front() == proto::down_reason::polite);
    b->leave(1);
    CHECK(run_until([&] {
        return a->service.measure().connections == 0 && b->service.measure().connections == 0;
    }));
    CHECK(a->service.measure().links == 0);
    CHECK(a->endpoint.measure().streams == 0);
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: leaving one topic does not disturb another on the same link",
    "[gossip][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    meet(*a, *b);
    b->join(2);
    a->join(2, *b);
    REQUIRE(run_until([&] { return b->heard(2).neighbors.size() == 1; }));
    a->leave(1);
    REQUIRE(run_until([&] { return b->heard(1).downs.size() == 1; }));
    for (int i = 0; i < 50; ++i)
        REQUIRE(a->say("message " + std::to_string(i), 2));
    CHECK(run_until([&] { return b->heard(2).messages.size() == 50; }));
    CHECK(a->service.measure().links_up == 1);
    CHECK(a->service.measure().connections == 1);
    CHECK(b->heard(2).downs.empty());
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: a host that left and joins again hears again",
    "[gossip][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    meet(*a, *b);
    a->leave(1);
    a->join(1, *b);
    REQUIRE(run_until([&] {
        return a->heard().neighbors.size() == 1 && b->heard().neighbors.size() == 1;
    }));
    b->say("again");
    CHECK(run_until([&] { return a->heard().count("again") == 1; }));
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: two subscribers of a topic each hear, and the last one's leave leaves",
    "[gossip][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    meet(*a, *b);
    test::recording_subscriber second;
    const auto held = *a->service.subscribe(topic_of(1), {}, second);
    b->say("to both");
    REQUIRE(run_until([&] { return a->heard().count("to both") && second.count("to both"); }));
    a->leave(1);
    b->say("to one");
    REQUIRE(run_until([&] { return second.count("to one") == 1; }));
    a->service.leave(*held);
    CHECK(run_until([&] { return b->heard().neighbors.empty(); }));
    CHECK_FALSE(a->service.measure(topic_of(1)));
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: what is too large is refused, and the next message arrives",
    "[gossip][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    meet(*a, *b);
    CHECK_FALSE(a->say(std::string(proto::content_size_max + 1, 'x')));
    CHECK(a->say(std::string(proto::content_size_max, 'y')));
    CHECK(a->say("small"));
    CHECK_FALSE(a->say("elsewhere", 9));
    REQUIRE(run_until([&] { return b->heard().messages.size() == 2; }));
    CHECK(b->heard().messages.front().size() == proto::content_size_max);
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: a peer that cannot be dialled is dialled again",
    "[gossip][service]"
) {
    const auto a = start(1);
    identity::endpoint_addr wrong{test::key_of(2).id(), {}, {ip_endpoint::loopback_v4(77)}};
    a->join(1, {wrong});
    REQUIRE(run_until([&] { return a->service.measure().dials_failed >= 3; }));
    const auto b = start(2);
    b->join(1);
    a->join(1, *b);  // now with the right address
    CHECK(run_until([&] { return b->heard().neighbors.size() == 1; }));
    CHECK(a->service.measure().dials_remembered == 0);
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: a peer that began anew is a neighbour again",
    "[gossip][service]"
) {
    const auto a = start(1);
    auto b = start(2);
    meet(*a, *b);
    b->endpoint.vanish();
    b.reset();  // a does not know yet
    b = start(2);
    b->join(1, *a);
    REQUIRE(run_until([&] { return b->heard().neighbors.size() == 1; }));
    a->say("welcome");
    CHECK(run_until([&] { return b->heard().count("welcome") == 1; }));
    b->say("thanks");
    CHECK(run_until([&] { return a->heard().count("thanks") == 1; }));
    network.expire(transport::close_cause::idle_timeout);
    CHECK(run_until([&] { return a->service.measure().connections == 1; }));
    CHECK(a->heard().neighbors.size() == 1);
}

TEST_CASE_METHOD(gossip_fixture, "gossip: a lost peer is a lost neighbour", "[gossip][service]") {
    const auto a = start(1);
    auto b = start(2);
    meet(*a, *b);
    b->endpoint.vanish();
    b.reset();
    network.expire(transport::close_cause::idle_timeout);
    REQUIRE(run_until([&] { return a->heard().neighbors.empty(); }));
    CHECK(a->heard().downs.front() == proto::down_reason::closed);
    CHECK(a->service.measure().links == 0);
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: both ends of a link watch it, and ask when somebody misses the peer",
    "[gossip][service]"
) {
    options.limits.liveness = {.ping_every = 7s, .answer_within = 2s};
    const auto a = start(1);
    const auto b = start(2);
    meet(*a, *b);
    for (const auto* const host : {a.get(), b.get()}) {
        const auto& connections = host->endpoint.connections();
        REQUIRE(connections.size() == 1);
        REQUIRE(connections.front()->watched());
        CHECK(connections.front()->watched()->ping_every == 7s);
        CHECK(connections.front()->watched()->answer_within == 2s);
        CHECK(connections.front()->probes() == 0);
    }
    a->service.probe_peer(b->endpoint.id());
    a->service.probe_peer(test::key_of(9).id());  // nobody's
    CHECK(a->endpoint.connections().front()->probes() == 1);
    CHECK(b->endpoint.connections().front()->probes() == 0);
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: a neighbour that does not answer, or whose port is closed, is lost",
    "[gossip][service]"
) {
    using transport::close_cause;
    const auto cause = GENERATE(close_cause::unresponsive, close_cause::port_closed);
    const auto a = start(1);
    auto b = start(2);
    meet(*a, *b);
    b->endpoint.vanish();
    b.reset();
    network.expire(cause);
    REQUIRE(run_until([&] { return a->heard().neighbors.empty(); }));
    CHECK(a->service.measure().links == 0);
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: a stop takes leave of everybody, and ends",
    "[gossip][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    meet(*a, *b);
    test::stop_witness witness;
    a->service.async_stop(witness);
    CHECK_FALSE(a->service.subscribe(topic_of(3), {}, a->heard()));
    REQUIRE(run_until([&] { return witness.is_stopped; }));
    REQUIRE(run_until([&] { return b->heard().downs.size() == 1; }));
    CHECK(b->heard().downs.front() == proto::down_reason::polite);
    CHECK(a->service.measure().connections == 0);
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: a stop does not wait for a peer that is deaf",
    "[gossip][service]"
) {
    options.limits.stop_wait = 30ms;
    const auto a = start(1);
    const auto b = start(2);
    meet(*a, *b);
    b->endpoint.set_reading(false);
    test::stop_witness witness;
    a->service.async_stop(witness);
    CHECK(run_until([&] { return witness.is_stopped; }));
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: a hundred topics share one connection",
    "[gossip][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    for (std::uint8_t topic = 1; topic <= 100; ++topic) {
        b->join(topic);
        a->join(topic, *b);
    }
    const auto has_neighbor = [](const auto& entry) {
        return entry.second.subscriber.neighbors.size() == 1;
    };
    REQUIRE(run_until([&] {
        return std::all_of(a->topics.begin(), a->topics.end(), has_neighbor)
               && std::all_of(b->topics.begin(), b->topics.end(), has_neighbor);
    }));
    for (std::uint8_t topic = 1; topic <= 100; ++topic)
        REQUIRE(a->say("in " + std::to_string(topic), topic));
    CHECK(run_until([&] {
        return std::all_of(b->topics.begin(), b->topics.end(), [](const auto& entry) {
            return entry.second.subscriber.count("in " + std::to_string(entry.first)) == 1;
        });
    }));
    CHECK(a->service.measure().connections == 1);
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: more topics than streams share them",
    "[gossip][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    a->endpoint.allow_streams(8);
    b->endpoint.allow_streams(8);
    for (std::uint8_t topic = 1; topic <= 20; ++topic) {
        b->join(topic);
        a->join(topic, *b);
    }
    for (int round = 0; round < 20; ++round)
        for (auto& [topic, joined] : a->topics) {
            REQUIRE(run_until([&] { return a->heard(topic).neighbors.size() == 1; }));
            REQUIRE(a->say(std::to_string(round), topic));
        }
    CHECK(run_until([&] {
        return std::all_of(b->topics.begin(), b->topics.end(), [](const auto& entry) {
            return entry.second.subscriber.messages.size() == 20;
        });
    }));
    CHECK(a->service.measure().links_up == 1);
    CHECK(a->service.measure().worn_out == 0);
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: a connection that opens no more streams is replaced, and keeps those it has",
    "[gossip][service]"
) {
    options.limits.grant_wait = 50ms;
    const auto a = start(1);
    const auto b = start(2);
    for (std::uint8_t topic = 1; topic <= 8; ++topic) {
        b->join(topic);
        a->join(topic, *b);
        REQUIRE(run_until([&] { return b->heard(topic).neighbors.size() == 1; }));
    }
    const auto streams = b->endpoint.measure().streams;
    b->endpoint.refuse_streams();
    b->join(9);
    a->join(9, *b);
    REQUIRE(run_until([&] { return a->service.measure().queue_frames > 0; }));
    CHECK(b->endpoint.measure().streams + 3 >= streams);
    REQUIRE(run_until([&] { return a->service.measure().worn_out == 1; }));
    b->endpoint.allow_streams(100);
    REQUIRE(run_until([&] { return a->heard(9).neighbors.size() == 1; }));
    a->say("on the next", 9);
    CHECK(run_until([&] { return b->heard(9).count("on the next") == 1; }));
    CHECK(a->service.measure().slow_peers == 0);
    CHECK(run_until([&] { return a->service.measure().connections == 1; }));
}

TEST_CASE_METHOD(
    gossip_fixture,
    "gossip: a dial counts until it ends, though the peer dialled us meanwhile",
    "[gossip][service]"
) {
    const auto a = start(1);
    const auto b = start(2);
    a->endpoint.hold_dials();
    a->join(1, *b);
    b->join(1, *a);
    REQUIRE(run_until([&] { return a->heard().neighbors.size() == 1; }));
    CHECK(a->service.measure().dials_in_flight == 1);
    a->endpoint.answer_dials();
    CHECK(run_until([&] { return a->service.measure().dials_in_flight == 0; }));
    CHECK(a->service.measure().dials_remembered == 0);
}
