// SPDX-License-Identifier: Apache-2.0
// Strangers and neighbours on real sockets that send what the protocol allows and nobody wants: the
// host lives, others lose no message, and neither memory nor descriptors are left behind.
#include "live_gossip.hpp"

using namespace meshhost;
using namespace meshhost::gossip;
using test::topic_of;

namespace {

struct hostile_fixture : test::live_fixture {
    std::size_t descriptors = 0;
    std::size_t memory = 0;

    hostile_fixture() {
        say("before");
        descriptors = test::open_descriptors();
        memory = test::allocated_bytes();
    }
    void check_unharmed() {
        REQUIRE(run_until([&] { return hostile.connection->send_bytes() == 0; }));  // all is read
        say("after");
        CHECK(test::open_descriptors() <= descriptors);
        CHECK(test::allocated_bytes() < memory + (std::size_t{16} << 20));
        CHECK(friendly.heard[1].neighbors >= 1);
        CHECK(friendly.service.measure().links_up == 1);
        CHECK(host.service.measure().violations == 0);
        CHECK(friendly.service.measure().violations == 0);
    }
    std::vector<identity::endpoint_id> reserve() const {
        return host.service.measure(topic_of(1))->passive;
    }
    /// Somebody who does not exist.
    static identity::endpoint_id fake(std::size_t number) {
        std::array<std::uint8_t, identity::secret_key::seed_size> seed{};
        seed[0] = static_cast<std::uint8_t>(number);
        seed[1] = static_cast<std::uint8_t>(number >> 8);
        seed[2] = 1;
        return identity::secret_key::from_seed(seed).id();
    }
};

}  // namespace

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: a stranger's probes fill no view with people that are not there",
    "[loopback][gossip]"
) {
    for (std::size_t round = 0; round < 200; ++round) {
        proto::shuffle_message probe{hostile.endpoint->id(), {}, 0};
        for (std::size_t i = 0; i < 30; ++i)
            probe.nodes.push_back({fake(30 * (round % 20) + i), {}});
        hostile.write(probe);
    }
    check_unharmed();
    const auto mine = hostile.endpoint->id();
    const auto known = reserve();
    CHECK(std::all_of(known.begin(), known.end(), [&](const auto& id) { return id == mine; }));
    CHECK(host.service.measure().dials == 0);
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: a neighbour's shuffles aim few dials at people that are not there",
    "[loopback][gossip]"
) {
    become_neighbor();
    for (std::size_t round = 0; round < 300; ++round) {
        const auto nobody = fake(round);
        const proto::addr_info there{"", {ip_endpoint::loopback_v4(9)}};
        const auto data = proto::encode_addr_info(there, proto::peer_data_size_max);
        hostile.write(proto::shuffle_message{nobody, {{nobody, data}}, 65535});
    }
    check_unharmed();
    CHECK(host.service.measure().dials_remembered <= 8);
    CHECK(host.service.measure().state.links <= 16);
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: a Join that is repeated ten thousand times is passed on once",
    "[loopback][gossip]"
) {
    const auto heard = [this] {
        const auto kind = static_cast<std::size_t>(proto::traffic_class::membership);
        return friendly.service.measure().state.received[kind].frames;
    };
    const auto before = heard();
    for (int i = 0; i < 10'000; ++i)
        hostile.write(proto::join_message{});  // each is answered, until our answers are too many
    check_unharmed();
    CHECK(heard() - before <= 4);
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: the largest frames that a reader takes are more than a writer sends",
    "[loopback][gossip]"
) {
    const bool is_join = GENERATE(true, false);
    if (!is_join) become_neighbor();
    for (std::size_t size = proto::frame_sent_max - 40; size <= proto::frame_size_max; ++size) {
        // Join: two tags, presence, length. Gossip: two tags, id, length, scope and round.
        const std::size_t around = is_join ? 5 : 38;
        const byte_buffer inside(size - around, static_cast<std::uint8_t>(size));
        byte_buffer body = is_join ? byte_buffer{0, 0, 1} : byte_buffer{1, 0};
        const auto id = identity::hash_content(inside);
        if (!is_join) body.insert(body.end(), id.bytes.begin(), id.bytes.end());
        body.push_back(static_cast<std::uint8_t>(inside.size() % 0x80 | 0x80));
        body.push_back(static_cast<std::uint8_t>(inside.size() / 0x80));
        body.insert(body.end(), inside.begin(), inside.end());
        if (!is_join) body.insert(body.end(), {0, 0});
        REQUIRE(body.size() == size);
        hostile.write_body(body);
    }
    if (!is_join) {  // what fits a frame at every hop arrives, the rest is counted
        REQUIRE(run_until([&] {
            const auto ignored = host.service.measure(topic_of(1))->counts.oversize;
            return ignored > 0 && host.heard[1].messages + ignored == 42;
        }));
        said += host.heard[1].messages;
        REQUIRE(run_until([&] { return friendly.heard[1].messages == said; }));
    }
    check_unharmed();
}
