// SPDX-License-Identifier: Apache-2.0
#pragma once
// Hosts with a gossip_service on real sockets, a peer that does what it likes, and what both cost.
#include "gossip/gossip_service.hpp"
#include "gossip/proto/message.hpp"
#include "gossip/proto/topic_stream.hpp"
#include "loopback_host.hpp"
#include "support/loop.hpp"

#include <boost/endian/conversion.hpp>

#include <filesystem>
#include <iterator>
#include <malloc.h>
#include <string>

namespace meshhost::test {

inline identity::topic_id topic_of(std::uint8_t number) {
    std::array<std::uint8_t, identity::topic_id::size> bytes{};
    bytes.fill(number);
    return identity::topic_id(bytes);
}

inline std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// What the process has allocated. A sanitizer's allocator does not say.
inline std::size_t allocated_bytes() {
    const auto heap = ::mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

struct collector final : gossip::gossip_subscriber {
    void on_gossip_ready(gossip::subscription& from) override {
        while (const auto event = from.poll()) {
            if (std::holds_alternative<gossip::proto::message_output>(*event)) ++messages;
            if (std::holds_alternative<gossip::proto::neighbor_up_output>(*event)) ++neighbors;
            if (std::holds_alternative<gossip::proto::neighbor_down_output>(*event)) --neighbors;
        }
    }
    std::size_t messages = 0;
    int neighbors = 0;
};

inline std::unique_ptr<transport::endpoint> bind_endpoint(net::shard& shard, std::uint8_t seed) {
    transport::endpoint_options options{
        .key = loopback_key(seed),
        .bind = {ip_endpoint::loopback_v4(0)}};
    auto bound = transport::endpoint::bind(shard, std::move(options));
    REQUIRE(bound);
    return std::move(*bound);
}

inline identity::endpoint_addr address_of(const transport::endpoint& endpoint) {
    return {endpoint.id(), {}, {endpoint.bound().front()}};
}

struct gossip_host {
    gossip_host(net::shard& shard, std::uint8_t seed)
        : endpoint(bind_endpoint(shard, seed))
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
    std::map<std::uint8_t, std::shared_ptr<gossip::subscription>> held;
    gossip::gossip_service service;
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

/// One hostile peer with an endpoint of its own, and a stream to whom it attacks.
struct attacker {
    attacker(net::shard& on, std::uint8_t seed)
        : shard(on)
        , endpoint(bind_endpoint(on, seed)) {
        peer->self = peer;
    }
    void connect(const identity::endpoint_addr& to, const identity::topic_id& topic) {
        connection = endpoint->connect(to, gossip::gossip_alpn, peer);
        REQUIRE(run_until(shard, [&] { return peer->is_connected; }));
        stream = connection->open_uni(peer);
        stream->write(gossip::proto::make_stream_header(topic));
    }
    void write(const gossip::proto::message& what) {
        byte_buffer frame;
        REQUIRE(gossip::proto::append_frame(frame, what));
        put(frame);
    }
    /// Of any length: what the writer of ours would refuse, too.
    void write_body(bytes_view body) {
        byte_buffer frame{0, 0, 0, 0};
        boost::endian::store_big_u32(frame.data(), static_cast<std::uint32_t>(body.size()));
        frame.insert(frame.end(), body.begin(), body.end());
        put(frame);
    }
    void put(bytes_view frame) {
        std::size_t taken = 0;
        REQUIRE(run_until(shard, [&] {
            taken += stream->write(frame.subspan(taken));
            return taken == frame.size();
        }));
    }
    /// To everybody, through whoever takes it for a neighbour.
    void broadcast(bytes_view content) {
        write(
            gossip::proto::gossip_message{.id = identity::hash_content(content), .content = content}
        );
    }

    net::shard& shard;
    std::unique_ptr<transport::endpoint> endpoint;
    std::shared_ptr<hostile_peer> peer = std::make_shared<hostile_peer>();
    std::shared_ptr<transport::connection> connection;
    std::shared_ptr<transport::stream> stream;
};

/// Two hosts that are neighbours, and a stranger that is connected to the first.
struct live_fixture {
    net::shard shard;
    gossip_host host{shard, 1};
    gossip_host friendly{shard, 2};
    attacker hostile{shard, 9};
    std::size_t said = 0;

    live_fixture() {
        host.join(1);
        friendly.join(1, {address_of(*host.endpoint)});
        REQUIRE(run_until([&] {
            return host.heard[1].neighbors == 1 && friendly.heard[1].neighbors == 1;
        }));
        hostile.connect(address_of(*host.endpoint), topic_of(1));
    }
    template <class Predicate>
    bool run_until(Predicate done) {
        return test::run_until(shard, done);
    }
    void become_neighbor() {
        hostile.write(gossip::proto::neighbor_message{gossip::proto::priority::high, {}});
        REQUIRE(run_until([&] { return host.heard[1].neighbors == 2; }));
    }
    /// The friendly neighbour hears it.
    void say(const std::string& text) {
        REQUIRE(host.say(text));
        const std::size_t expected = ++said;
        REQUIRE(run_until([&] { return friendly.heard[1].messages == expected; }));
    }
};

}  // namespace meshhost::test
