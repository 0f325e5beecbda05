// SPDX-License-Identifier: Apache-2.0
// Real multicast on the loopback device of a network namespace, which has no other.
#include "discovery/mdns_source.hpp"
#include "discovery/multicast_socket.hpp"
#include "identity/secret_key.hpp"
#include "net/shard.hpp"
#include "net/udp_socket.hpp"
#include "support/loop.hpp"
#include "support/own_network.hpp"

#include <map>

using namespace meshhost;
using discovery::mdns_options;
using discovery::mdns_source;

namespace {

struct finder final : discovery::discovery_sink {
    void on_found(const identity::endpoint_addr& endpoint, discovery::provenance from) override {
        CHECK(from == discovery::provenance::mdns);
        found[endpoint.id] = endpoint;
    }
    void on_lost(const identity::endpoint_id& endpoint, discovery::provenance) override {
        found.erase(endpoint);
    }
    std::map<identity::endpoint_id, identity::endpoint_addr> found;
};

struct member {
    explicit member(net::shard& shard, std::uint16_t port, mdns_options options = {}) {
        self.id = identity::secret_key::generate().id();
        self.direct = {ip_endpoint::loopback_v4(port)};
        options.self = self.id;
        options.seed = port;
        auto opened = mdns_source::open(shard, sink, options);
        REQUIRE(opened.has_value());
        source = std::move(*opened);
    }

    bool knows(const member& other) const {
        const auto at = sink.found.find(other.self.id);
        return at != sink.found.end() && at->second == other.self;
    }

    identity::endpoint_addr self;
    finder sink;
    std::unique_ptr<mdns_source> source;
};

struct ignoring final : net::receive_sink {
    void on_datagrams(const net::received_datagrams&) override {}
};

}  // namespace

TEST_CASE("mdns: two hosts of one machine find each other", "[discovery]") {
    net::shard shard;
    member one(shard, 4001);
    member other(shard, 4002);
    one.source->announce(one.self);
    other.source->announce(other.self);
    CHECK(test::run_until(shard, [&] { return one.knows(other) && other.knows(one); }));
    CHECK(one.source->memberships() >= 1);
}

TEST_CASE("mdns: who only listens finds, and is not found", "[discovery]") {
    net::shard shard;
    member one(shard, 4001);
    member listener(shard, 4002);
    one.source->announce(one.self);
    CHECK(test::run_until(shard, [&] { return listener.knows(one); }));
    CHECK(one.sink.found.empty());
}

TEST_CASE("mdns: other addresses reach those who know one already", "[discovery]") {
    net::shard shard;
    member one(shard, 4001);
    member other(shard, 4002);
    one.source->announce(one.self);
    CHECK(test::run_until(shard, [&] { return other.knows(one); }));
    one.self.direct = {ip_endpoint::loopback_v4(4444)};
    one.source->announce(one.self);
    CHECK(test::run_until(shard, [&] { return other.knows(one); }));
}

TEST_CASE("mdns: who stops is lost", "[discovery]") {
    net::shard shard;
    mdns_options hasty;
    hasty.pace.cadence = 20ms;
    hasty.pace.cadence_max = 40ms;
    hasty.pace.answer_gap = 1ms;
    member one(shard, 4001, hasty);
    member other(shard, 4002, hasty);
    one.source->announce(one.self);
    CHECK(test::run_until(shard, [&] { return other.knows(one); }));
    one.source.reset();
    CHECK(test::run_until(shard, [&] { return other.sink.found.empty(); }));
}

TEST_CASE("mdns: what was sent to us and not to the group is not read", "[discovery]") {
    net::shard shard;
    member one(shard, 4001);
    auto prober = net::udp_socket::bind(ip_endpoint::loopback_v4(0));
    REQUIRE(prober.has_value());
    member forged(shard, 4003);
    const auto lie = discovery::proto::encode_local_response(forged.self);
    const ip_endpoint to = ip_endpoint::loopback_v4(discovery::proto::mdns_port);
    // Both of one machine share the port: one of them gets it.
    for (int i = 0; i < 20; ++i)
        prober->send({to, *lie, lie->size(), net::ecn_mark::not_ect});
    member witness(shard, 4004);
    witness.source->announce(witness.self);
    CHECK(test::run_until(shard, [&] { return one.knows(witness); }));
    CHECK(one.sink.found.size() == 1);
    CHECK(forged.sink.found.size() == 1);
}

TEST_CASE("mdns: an interface that comes is joined", "[discovery]") {
    net::shard shard;
    member one(shard, 4001);
    const auto before = one.source->counts().asked;
    test::add_address(ip_endpoint::v4({10, 9, 8, 7}, 0));
    CHECK(test::run_until(shard, [&] { return one.source->counts().asked > before + 1; }));
    CHECK(one.source->memberships() >= 1);
    test::remove_added_address();
}

TEST_CASE("mdns: nobody made, nothing bound", "[discovery]") {
    const auto taken = net::udp_socket::bind(ip_endpoint::any_v4(discovery::proto::mdns_port));
    REQUIRE(taken.has_value());
    // And who holds the port for himself keeps a source out, IPv4 by IPv4.
    const auto refused = discovery::multicast_socket::open(ip_family::v4);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == "E_MDNS_SOCKET");
}
