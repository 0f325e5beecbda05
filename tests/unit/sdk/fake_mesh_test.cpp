// SPDX-License-Identifier: Apache-2.0
// Peers, gossip and messages: scripted by a test, and between connected fake hosts.
#include <mesh/testing.hpp>

#include "support/catch.hpp"
#include "unit/sdk/chatty_role.hpp"

using namespace std::chrono_literals;
using mesh::testing::fake_host;
using mesh::testing::value;

namespace {

struct node : fake_host {
    explicit node(std::string_view name)
        : fake_host(chatty::plugin()) {
        set_name(name);
        REQUIRE(create() == MESH_OK);
        role = chatty::role::latest;
        REQUIRE(start() == MESH_OK);
        run();
    }
    template <class F>
    void on_strand(F f) {
        role->post(std::move(f));
        run();
    }
    chatty::role* role = nullptr;
};

}  // namespace

TEST_CASE("scripted peers come, change and go") {
    node host("one");
    const auto alice = host.add_peer("alice", "broker,gateway");
    host.set_peer_state(alice, MESH_PEER_DRAINING);
    host.run();
    host.on_strand([&] {
        REQUIRE(host.role->peer_count() == 1);
        REQUIRE(host.role->peer_count("gateway") == 1);
        REQUIRE(host.role->peer_count("compute") == 0);
    });
    host.set_peer_state(alice, MESH_PEER_DOWN, "gone");
    host.run();
    REQUIRE(
        host.role->peer_states
        == std::vector<std::uint32_t>{MESH_PEER_UP, MESH_PEER_DRAINING, MESH_PEER_DOWN}
    );
    host.on_strand([&] { REQUIRE(host.role->peer_count() == 0); });
}

TEST_CASE("what peers say in their digests is found and watched") {
    node host("one");
    const auto alice = host.add_peer("alice", "broker");
    host.peer_says(alice, "broker", "topics", 3);
    mesh_handle watch = 0;
    host.on_strand([&] {
        const auto& digest = host.role->need<mesh_digest_v1>();
        mesh_value found{};
        mesh_ns age = 0;
        REQUIRE(
            digest.get(host.abi(), alice, mesh::str("broker"), mesh::str("topics"), &found, &age)
            == MESH_OK
        );
        REQUIRE(found.as.i64 == 3);
        digest.watch(host.abi(), mesh::str("broker"), mesh::str("top*"), 5, &watch);
    });
    host.run();
    REQUIRE(host.role->others == std::vector<std::uint32_t>{MESH_EV_DIGEST});  // the replay
    host.peer_says(alice, "broker", "topics", 4);
    host.peer_says(alice, "broker", "other", 4);
    host.run();
    REQUIRE(host.role->others.size() == 2);
}

TEST_CASE("gossip is heard, and said") {
    node host("one");
    const auto alice = host.add_peer("alice");
    host.gossip_from(alice, "news", "hello");
    host.gossip_from(alice, "weather", "rain");
    host.run();
    REQUIRE(host.role->heard == std::vector<std::string>{"hello"});
    host.on_strand([&] { REQUIRE(host.role->publish("news", "mine")); });
    REQUIRE(host.published().size() == 1);
    REQUIRE(host.published()[0].body == "mine");
    REQUIRE(host.role->heard.size() == 1);  // not its own, without MESH_PUB_LOOPBACK
}

TEST_CASE("back-pressure: publish says no, and then there is room") {
    node host("one");
    host.fail("gossip.publish", MESH_E_AGAIN);
    host.on_strand([&] { REQUIRE_FALSE(host.role->publish("news", "x")); });
    host.gossip_writable();
    host.run();
    REQUIRE(host.role->others == std::vector<std::uint32_t>{MESH_EV_GOSSIP_WRITABLE});
}

TEST_CASE("who does not listen loses messages and is told") {
    node host("one");
    const auto alice = host.add_peer("alice");
    host.on_strand([&] {
        mesh_gossip_opts opts{};
        opts.struct_size = sizeof opts;
        opts.queue_msgs = 2;
        opts.lag_policy = MESH_LAG_DROP_OLDEST;
        mesh_handle sub = 0;
        host.role->need<mesh_gossip_v1>().subscribe(host.abi(), mesh::str("busy"), &opts, 55, &sub);
    });
    for (const char* body : {"1", "2", "3", "4", "5"})
        host.gossip_from(alice, "busy", body);
    host.run();
    // Two that were kept, and the event that says how many were not.
    REQUIRE(
        host.role->others
        == std::vector<std::uint32_t>{MESH_EV_GOSSIP_LAGGED, MESH_EV_GOSSIP, MESH_EV_GOSSIP}
    );
}

TEST_CASE("a peer asks, and the role answers") {
    node host("one");
    const auto alice = host.add_peer("alice");
    const auto first = host.ask_from(alice, "shout", "hey");
    const auto second = host.ask_from(alice, "nowhere", "hey");
    REQUIRE_FALSE(host.replies()[first]);
    host.run();
    REQUIRE(host.replies()[first]->status == MESH_OK);
    REQUIRE(host.replies()[first]->body == "HEY");
    REQUIRE(host.replies()[second]->status == MESH_E_NOT_FOUND);
}

TEST_CASE("what is under way at stop is no leak") {
    node host("one");
    host.ask_from(host.add_peer("alice"), "shout", "hey");
    host.stop();
    REQUIRE(host.leaks().empty());
}

TEST_CASE("the role asks a peer: answered, too late, or to nobody") {
    node host("one");
    const auto alice = host.add_peer("alice");
    std::vector<std::pair<mesh_status, std::string>> answers;
    const auto ask = [&](mesh_node_id to) {
        host.on_strand([&, to] {
            host.role->request(to, "port", "question", 5s, [&](mesh_status s, std::string_view b) {
                answers.emplace_back(s, b);
            });
        });
    };
    ask(alice);
    REQUIRE(answers.empty());
    host.answer(host.sent().back().op, MESH_OK, "answer");
    host.run();
    REQUIRE(answers.back() == std::make_pair(mesh_status{MESH_OK}, std::string("answer")));
    ask(alice);
    host.advance(5s);
    REQUIRE(answers.back().first == MESH_E_TIMEOUT);
    host.answer(host.sent().back().op, MESH_OK, "late");
    host.run();
    REQUIRE(answers.size() == 2);  // exactly one completion each
    ask(mesh::testing::node_named("stranger"));
    REQUIRE(answers.back().first == MESH_E_NOT_FOUND);
}

TEST_CASE("two fake hosts are a mesh") {
    node one("one");
    node two("two");
    connect(one, two);
    one.run();
    REQUIRE(one.role->peer_states == std::vector<std::uint32_t>{MESH_PEER_UP});
    REQUIRE(two.role->peer_states == std::vector<std::uint32_t>{MESH_PEER_UP});

    std::string answer;
    one.on_strand([&] {
        one.role->publish("news", "from one");
        one.role->request(two.id(), "shout", "quiet", 1s, [&](mesh_status, std::string_view body) {
            answer = body;
        });
    });
    REQUIRE(two.role->heard == std::vector<std::string>{"from one"});
    REQUIRE(answer == "QUIET");

    one.advance(3s);  // one clock for both
    REQUIRE(two.digest("ticks") == value(3));
    one.on_strand([&] {
        mesh_value found{};
        REQUIRE(
            one.role->need<mesh_digest_v1>()
                .get(one.abi(), two.id(), mesh::str("chatty"), mesh::str("ticks"), &found, nullptr)
            == MESH_OK
        );
        REQUIRE(found.as.i64 == 3);
    });
}
