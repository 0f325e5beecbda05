// SPDX-License-Identifier: Apache-2.0
// Peers that are no gossip_service, or a bad one.
#include "gossip/proto/message.hpp"
#include "gossip/proto/topic_stream.hpp"
#include "gossip_fixture.hpp"

using namespace meshhost;
using namespace meshhost::gossip;
using test::gossip_fixture;
using test::topic_of;

namespace {

/// Opens streams and puts on them what the test wants.
class crafted_peer final : public transport::connection_handler, public transport::stream_handler {
public:
    void on_connected(transport::connection&) override { is_connected = true; }
    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override {
        opened->set_handler(self.lock());
    }
    void on_closed(transport::connection&, const transport::close_reason& reason) override {
        closed = reason;
    }
    void on_data(transport::stream& from, bytes_view data, bool) override {
        received.insert(received.end(), data.begin(), data.end());
        from.consume(data.size());
    }
    void on_closed(transport::stream&, transport::stream_end end, std::uint64_t code) override {
        if (end == transport::stream_end::stopped_by_peer) stopped = code;
    }

    std::weak_ptr<crafted_peer> self;
    bool is_connected = false;
    byte_buffer received;
    std::optional<std::uint64_t> stopped;
    std::optional<transport::close_reason> closed;
};

struct hostile_fixture : gossip_fixture {
    std::unique_ptr<test::gossip_host> host = start(1);
    std::unique_ptr<test::gossip_host> friendly = start(2);
    test::fake_endpoint endpoint{network, test::key_of(9), ip_endpoint::loopback_v4(9)};
    std::shared_ptr<crafted_peer> peer = std::make_shared<crafted_peer>();
    std::shared_ptr<transport::connection> connection;

    hostile_fixture() {
        meet(*host, *friendly);
        peer->self = peer;
        connection = endpoint.connect(host->endpoint.address(), gossip_alpn, peer, {});
        REQUIRE(run_until([&] { return peer->is_connected; }));
    }
    std::shared_ptr<transport::stream> open(std::uint8_t topic) {
        auto stream = connection->open_uni(peer);
        stream->write(proto::make_stream_header(topic_of(topic)));
        return stream;
    }
    static void write(transport::stream& to, const proto::message& what) {
        byte_buffer frame;
        proto::append_frame(frame, what);
        to.write(frame);
    }
    /// What was said before is with the host when its friend has this.
    void settle() {
        static int count = 0;
        const std::string mark = "mark " + std::to_string(++count);
        REQUIRE(host->say(mark));
        REQUIRE(run_until([&] { return friendly->heard().count(mark) == 1; }));
    }
    /// The host still serves, and has let go of the peer's link.
    void check_unharmed() {
        REQUIRE(run_until([&] { return peer->closed.has_value(); }));
        settle();
        CHECK(host->service.measure().links == 1);
        CHECK(host->service.measure().connections == 1);
    }
};

}  // namespace

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: a stream without a topic is stopped",
    "[gossip][hostile]"
) {
    const auto silent = connection->open_uni(peer);
    silent->write(byte_buffer{0, 0});
    REQUIRE(run_until([&] { return peer->stopped.has_value(); }));
    CHECK(*peer->stopped == static_cast<std::uint64_t>(close_code::no_header));
    CHECK(host->service.measure().headerless == 1);
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: a silent stream does not keep others from being read",
    "[gossip][hostile]"
) {
    connection->open_uni(peer);
    const auto speaking = open(1);
    write(*speaking, proto::join_message{});
    CHECK(run_until([&] { return host->heard().neighbors.size() == 2; }));
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: an oversize frame ends the link with a reason",
    "[gossip][hostile]"
) {
    open(1)->write(byte_buffer{0, 0, 0x10, 1});
    check_unharmed();
    CHECK(peer->closed->code == static_cast<std::uint64_t>(close_code::violation));
    CHECK(host->service.measure().violations == 1);
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: a frame of nonsense ends the link",
    "[gossip][hostile]"
) {
    open(1)->write(byte_buffer{0, 0, 0, 2, 7, 7});
    check_unharmed();
    CHECK(host->service.measure().violations == 1);
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: a header of nonsense ends the link",
    "[gossip][hostile]"
) {
    connection->open_uni(peer)->write(byte_buffer{0, 0, 0, 3, 1, 2, 3});
    check_unharmed();
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: frames of a topic that the host is not in do nothing",
    "[gossip][hostile]"
) {
    const auto elsewhere = open(77);
    write(*elsewhere, proto::join_message{});
    REQUIRE(run_until([&] { return host->service.measure().unknown_topic == 1; }));
    settle();
    CHECK(host->heard().neighbors.size() == 1);
    CHECK(peer->received.empty());
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: a stranger's graft buys no message",
    "[gossip][hostile]"
) {
    options.machines.membership.corrects_strangers = false;
    const auto stream = open(1);
    write(*stream, proto::graft_message{});
    settle();
    REQUIRE(host->say("for members"));
    settle();
    const std::string received(peer->received.begin(), peer->received.end());
    CHECK(received.find("for members") == std::string::npos);
    CHECK(host->service.measure(topic_of(1))->counts.strangers >= 1);
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: a neighbour that reads nothing is let go, and others lose nothing",
    "[gossip][hostile]"
) {
    const auto stream = open(1);
    write(*stream, proto::neighbor_message{proto::priority::high, {}});
    REQUIRE(run_until([&] { return host->heard().neighbors.size() == 2; }));
    endpoint.set_reading(false);
    const std::size_t before = friendly->heard().messages.size();
    std::size_t most_queued = 0;
    std::size_t said = 0;
    while (!peer->closed && said < 4000) {
        REQUIRE(host->say(std::to_string(said++) + std::string(2000, '.')));
        const auto held = host->service.measure();
        most_queued = std::max(most_queued, held.queue_bytes);
        const std::size_t expected = before + said;
        REQUIRE(run_until([&] { return friendly->heard().messages.size() >= expected; }));
    }
    REQUIRE(peer->closed);
    CHECK(peer->closed->code == static_cast<std::uint64_t>(close_code::too_slow));
    CHECK(host->service.measure().slow_peers == 1);
    CHECK(most_queued <= host->service.measure().queue_bytes + options.limits.queue_bytes);
    CHECK(friendly->heard().messages.size() == before + said);
    CHECK(host->heard().neighbors.size() == 1);
    check_unharmed();
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: a hundred thousand announcements of nothing fill no table",
    "[gossip][hostile]"
) {
    const auto stream = open(1);
    write(*stream, proto::neighbor_message{proto::priority::high, {}});
    REQUIRE(run_until([&] { return host->heard().neighbors.size() == 2; }));
    prng random(7);
    for (int round = 0; round < 1000; ++round) {
        proto::ihave_message many;
        for (std::size_t i = 0; i < 100; ++i) {
            proto::announcement one;
            for (auto& byte : one.id.bytes)
                byte = static_cast<std::uint8_t>(random.next());
            many.items.push_back(one);
        }
        write(*stream, many);
        if (round % 50 == 0) settle();
    }
    settle();
    const auto sizes = host->service.measure(topic_of(1))->sizes;
    CHECK(sizes.missing <= options.machines.limit.missing_of_peer);
    CHECK(sizes.seen_ids < 1000);
}

TEST_CASE_METHOD(
    hostile_fixture,
    "hostile: many streams are reset beyond their limit",
    "[gossip][hostile]"
) {
    for (std::size_t i = 0; i < 2 * options.limits.streams; ++i)
        connection->open_uni(peer);
    settle();
    CHECK(host->service.measure().streams <= options.limits.streams + 8);
    CHECK(run_until([&] { return host->service.measure().streams <= 8; }));
}
