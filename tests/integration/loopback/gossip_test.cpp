// SPDX-License-Identifier: Apache-2.0
// The gossip on real sockets, with a peer that does what it likes: what it costs the host in
// memory and descriptors, and that nobody else loses a message by it.
#include "gossip/gossip_service.hpp"
#include "gossip/proto/message.hpp"
#include "gossip/proto/topic_stream.hpp"
#include "loopback_host.hpp"
#include "support/loop.hpp"

#include <filesystem>
#include <iterator>
#include <malloc.h>
#include <string>

using namespace meshhost;
using namespace meshhost::gossip;

namespace {

identity::topic_id topic_of(std::uint8_t number) {
    std::array<std::uint8_t, identity::topic_id::size> bytes{};
    bytes.fill(number);
    return identity::topic_id(bytes);
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// What the process has allocated. A sanitizer's allocator does not say.
std::size_t allocated_bytes() {
    const auto heap = ::mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

struct collector final : gossip_subscriber {
    void on_gossip_ready(subscription& from) override {
        while (const auto event = from.poll()) {
            if (std::holds_alternative<proto::message_output>(*event)) ++messages;
            if (std::holds_alternative<proto::neighbor_up_output>(*event)) ++neighbors;
            if (std::holds_alternative<proto::neighbor_down_output>(*event)) --neighbors;
        }
    }
    std::size_t messages = 0;
    int neighbors = 0;
};

std::unique_ptr<transport::endpoint> bind(net::shard& shard, std::uint8_t seed) {
    transport::endpoint_options options{
        .key = test::loopback_key(seed),
        .bind = {ip_endpoint::loopback_v4(0)}};
    auto bound = transport::endpoint::bind(shard, std::move(options));
    REQUIRE(bound);
    return std::move(*bound);
}

identity::endpoint_addr address_of(const transport::endpoint& endpoint) {
    return {endpoint.id(), {}, {endpoint.bound().front()}};
}

struct gossip_host {
    gossip_host(net::shard& shard, std::uint8_t seed)
        : endpoint(bind(shard, seed))
        , service(shard, *endpoint, {}) {
        service.start();
    }
    void join(std::uint8_t topic, const std::vector<identity::endpoint_addr>& through = {}) {
        held[topic] = *service.subscribe(topic_of(topic), through, heard[topic]);
    }
    bool say(const std::string& text, std::uint8_t topic = 1) {
        return !service.broadcast(topic_of(topic), as_bytes(text));
    }

    std::unique_ptr<transport::endpoint> endpoint;
    std::map<std::uint8_t, collector> heard;
    std::map<std::uint8_t, std::shared_ptr<subscription>> held;
    gossip_service service;
};

/// Reads what it is sent, or not, and says what the test wants.
class hostile_peer final : public transport::connection_handler, public transport::stream_handler {
public:
    void on_connected(transport::connection&) override { is_connected = true; }
    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override {
        opened->set_handler(self.lock());
    }
    void on_closed(transport::connection&, const transport::close_reason& reason) override {
        closed = reason;
    }
    void on_data(transport::stream& from, bytes_view data, bool) override {
        received += data.size();
        if (!is_deaf) from.consume(data.size());
    }
    void on_writable(transport::stream&) override {}

    std::weak_ptr<hostile_peer> self;
    bool is_connected = false;
    bool is_deaf = false;
    std::size_t received = 0;
    std::optional<transport::close_reason> closed;
};

struct live_fixture {
    net::shard shard;
    gossip_host host{shard, 1};
    gossip_host friendly{shard, 2};
    std::unique_ptr<transport::endpoint> endpoint = bind(shard, 9);
    std::shared_ptr<hostile_peer> peer = std::make_shared<hostile_peer>();
    std::shared_ptr<transport::connection> connection;
    std::shared_ptr<transport::stream> stream;
    std::size_t said = 0;

    live_fixture() {
        host.join(1);
        friendly.join(1, {address_of(*host.endpoint)});
        REQUIRE(run_until([&] {
            return host.heard[1].neighbors == 1 && friendly.heard[1].neighbors == 1;
        }));
        peer->self = peer;
        connection = endpoint->connect(address_of(*host.endpoint), gossip_alpn, peer);
        REQUIRE(run_until([&] { return peer->is_connected; }));
        stream = connection->open_uni(peer);
        stream->write(proto::make_stream_header(topic_of(1)));
    }
    template <class Predicate>
    bool run_until(Predicate done) {
        return test::run_until(shard, done);
    }
    void write(const proto::message& what) {
        byte_buffer frame;
        proto::append_frame(frame, what);
        std::size_t taken = 0;
        REQUIRE(run_until([&] {
            taken += stream->write(bytes_view(frame).subspan(taken));
            return taken == frame.size();
        }));
    }
    void become_neighbor() {
        write(proto::neighbor_message{proto::priority::high, {}});
        REQUIRE(run_until([&] { return host.heard[1].neighbors == 2; }));
    }
    /// The friendly neighbour hears it.
    void say(const std::string& text) {
        REQUIRE(host.say(text));
        const std::size_t expected = ++said;
        REQUIRE(run_until([&] { return friendly.heard[1].messages == expected; }));
    }
};

}  // namespace

TEST_CASE_METHOD(
    live_fixture,
    "gossip: a million announcements of nothing cost no memory and no message",
    "[loopback][gossip]"
) {
    become_neighbor();
    say("before");
    const std::size_t descriptors = open_descriptors();
    const std::size_t memory = allocated_bytes();
    prng random(7);
    for (int frame = 0; frame < 10'000; ++frame) {
        proto::ihave_message many;
        for (int i = 0; i < 100; ++i) {
            proto::announcement one;
            for (std::size_t at = 0; at < one.id.bytes.size(); at += 8) {
                const std::uint64_t drawn = random.next();
                for (std::size_t byte = 0; byte < 8; ++byte)
                    one.id.bytes[at + byte] = static_cast<std::uint8_t>(drawn >> 8 * byte);
            }
            many.items.push_back(one);
        }
        write(many);
        if (frame % 1000 == 0) say("meanwhile " + std::to_string(frame));
    }
    say("after");
    const auto sizes = host.service.measure(topic_of(1))->sizes;
    CHECK(sizes.missing <= proto::limits{}.missing_of_peer);
    CHECK(open_descriptors() <= descriptors);
    CHECK(allocated_bytes() < memory + (std::size_t{16} << 20));
}

TEST_CASE_METHOD(
    live_fixture,
    "gossip: a neighbour that stops reading is let go within its bounds",
    "[loopback][gossip]"
) {
    become_neighbor();
    say("before");
    const std::size_t memory = allocated_bytes();
    peer->is_deaf = true;
    for (int i = 0; i < 4000 && !peer->closed; ++i)
        say(std::to_string(i) + std::string(3000, '.'));
    REQUIRE(peer->closed);
    CHECK(peer->closed->code == static_cast<std::uint64_t>(close_code::too_slow));
    CHECK(host.service.measure().slow_peers == 1);
    CHECK(allocated_bytes() < memory + (std::size_t{32} << 20));
    say("after");
    CHECK(run_until([&] { return host.service.measure().connections == 1; }));
    CHECK(run_until([&] { return host.endpoint->measure().send_bytes < 100'000; }));
}

TEST_CASE_METHOD(live_fixture, "gossip: a stranger's graft buys it nothing", "[loopback][gossip]") {
    write(proto::graft_message{});
    for (int i = 0; i < 20; ++i)
        say(std::to_string(i) + std::string(1000, '.'));
    CHECK(peer->received < 1000);
    CHECK(host.heard[1].neighbors == 1);
    CHECK(host.service.measure(topic_of(1))->counts.strangers >= 1);
}

TEST_CASE_METHOD(
    live_fixture,
    "gossip: an oversize broadcast is refused, an oversize frame ends its sender's link",
    "[loopback][gossip]"
) {
    CHECK_FALSE(host.say(std::string(proto::content_size_max + 1, 'x')));
    say(std::string(proto::content_size_max, 'y'));
    stream->write(byte_buffer{0, 0, 0x10, 1});
    REQUIRE(run_until([&] { return peer->closed.has_value(); }));
    CHECK(peer->closed->code == static_cast<std::uint64_t>(close_code::violation));
    say("after");
}

TEST_CASE_METHOD(
    live_fixture,
    "gossip: a topic is left while another lives on the same connection",
    "[loopback][gossip]"
) {
    host.join(2);
    friendly.join(2, {address_of(*host.endpoint)});
    REQUIRE(run_until([&] {
        return host.heard[2].neighbors == 1 && friendly.heard[2].neighbors == 1;
    }));
    host.service.leave(*host.held.at(1));
    REQUIRE(run_until([&] { return friendly.heard[1].neighbors == 0; }));
    for (int i = 0; i < 100; ++i)
        REQUIRE(host.say(std::to_string(i), 2));
    CHECK(run_until([&] { return friendly.heard[2].messages == 100; }));
    CHECK(friendly.service.measure().connections == 1);
}

TEST_CASE_METHOD(
    live_fixture,
    "gossip: messages that are forged or repeated reach nobody twice",
    "[loopback][gossip]"
) {
    become_neighbor();
    proto::gossip_message message;
    const std::string text = "said once";
    message.content = as_bytes(text);
    message.id = identity::hash_content(message.content);
    for (int i = 0; i < 10; ++i)
        write(message);
    message.id.bytes[0] ^= 1;
    write(message);
    REQUIRE(run_until([&] { return friendly.heard[1].messages == 1; }));
    ++said;
    say("after");
    CHECK(host.heard[1].messages == 1);
    CHECK(host.service.measure(topic_of(1))->counts.spoofed == 1);
}
