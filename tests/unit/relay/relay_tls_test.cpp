// SPDX-License-Identifier: Apache-2.0
// The same over TLS: whom a client trusts, and the proof that saves a round trip.
#include "net/tls_context.hpp"
#include "relay_fixture.hpp"
#include "support/certificates.hpp"
#include "support/temp_dir.hpp"

#include <sys/stat.h>

using namespace meshhost;
using relay::down_reason;
using relay::relay_status;
using test::lone_client;
using test::lone_relay;
using test::run_until;

namespace {

struct tls_fixture {
    tls_fixture() {
        auto server = net::tls_server_context::make(files.chain, files.key);
        REQUIRE(server);
        server_tls = std::move(*server);
        auto client =
            net::tls_client_context::make({.system = false, .authorities = {files.authority}});
        REQUIRE(client);
        client_tls = std::move(*client);
    }

    relay::relay_client_options trusting(std::string url) const {
        relay::relay_client_options options;
        options.url = std::move(url);
        options.tls = client_tls.get();
        return options;
    }

    test::temp_dir directory;
    test::certificate_files files = test::make_certificates(directory.path());
    std::unique_ptr<net::tls_server_context> server_tls;
    std::unique_ptr<net::tls_client_context> client_tls;
    net::shard shard;
};

}  // namespace

TEST_CASE_METHOD(tls_fixture, "relay tls: two find each other", "[relay][tls]") {
    lone_relay relay(shard);
    const auto url = relay.listen(server_tls.get());
    lone_client one(shard, 1, trusting(url));
    lone_client two(shard, 2, trusting(url));
    REQUIRE(run_until(shard, [&] { return one.is_up() && two.is_up(); }));
    const std::string train(300'000, 'x');
    two.sink.at_turn_end = [&] { two.send(one, "echo"); };
    for (int i = 0; i < 5; ++i) {
        const auto before = two.sink.bytes;
        one.client->send({two.key.id(), as_bytes(train).first(60'000), 1200, 0});
        REQUIRE(run_until(shard, [&] { return two.sink.bytes == before + 60'000; }));
    }
    REQUIRE(run_until(shard, [&] { return !one.sink.texts.empty(); }));
    CHECK(one.client->stats().challenges == 0);  // the header's proof did
}

TEST_CASE_METHOD(tls_fixture, "relay tls: one that is slowed down loses nothing", "[relay][tls]") {
    relayd::relay_server_options options;
    options.relay.client_bytes_per_second = 2'000'000;
    options.relay.client_burst_bytes = 20'000;
    lone_relay relay(shard, std::move(options));
    const auto url = relay.listen(server_tls.get());
    lone_client one(shard, 1, trusting(url));
    lone_client two(shard, 2, trusting(url));
    REQUIRE(run_until(shard, [&] { return one.is_up() && two.is_up(); }));
    // Less than TLS reads ahead is left each time: no byte more wakes the relay's socket.
    const std::string train(180'000, 'x');
    one.client->send({two.key.id(), as_bytes(train), 1200, 0});
    REQUIRE(run_until(shard, [&] { return two.sink.bytes == train.size(); }));
    CHECK(relay.server.stats().rate_limited > 0);
    CHECK(one.client->stats().rate_limited == 1);
}

TEST_CASE_METHOD(tls_fixture, "relay tls: an address is a name, too", "[relay][tls]") {
    lone_relay relay(shard);
    relay.listen(server_tls.get());
    const auto url = "https://127.0.0.1:" + std::to_string(relay.port) + "/";
    lone_client one(shard, 1, trusting(url));
    REQUIRE(run_until(shard, [&] { return one.is_up(); }));
}

TEST_CASE_METHOD(tls_fixture, "relay tls: nobody vouches for it", "[relay][tls]") {
    lone_relay relay(shard);
    const auto url = relay.listen(server_tls.get());
    auto stranger = net::tls_client_context::make({.system = false});
    REQUIRE(stranger);
    auto options = trusting(url);
    options.tls = stranger->get();
    lone_client one(shard, 1, options);
    REQUIRE(run_until(shard, [&] { return one.sink.was(relay_status::down); }));
    CHECK(one.client->reason() == down_reason::tls_failed);
}

TEST_CASE_METHOD(tls_fixture, "relay tls: another name than its certificate's", "[relay][tls]") {
    lone_relay relay(shard);
    relay.listen(server_tls.get());
    const auto url = "https://127.0.0.2:" + std::to_string(relay.port) + "/";
    lone_relay other(shard);
    REQUIRE(other.server.listen(ip_endpoint::v4({127, 0, 0, 2}, relay.port), server_tls.get()));
    lone_client one(shard, 1, trusting(url));
    REQUIRE(run_until(shard, [&] { return one.sink.was(relay_status::down); }));
    CHECK(one.client->reason() == down_reason::tls_failed);
}

TEST_CASE_METHOD(tls_fixture, "relay tls: a relay without TLS", "[relay][tls]") {
    lone_relay relay(shard);
    relay.listen();
    const auto url = "https://localhost:" + std::to_string(relay.port) + "/";
    lone_client one(shard, 1, trusting(url));
    REQUIRE(run_until(shard, [&] { return one.sink.was(relay_status::down); }));
    CHECK(one.client->reason() == down_reason::tls_failed);
}

TEST_CASE_METHOD(tls_fixture, "relay tls: files that are none", "[relay][tls]") {
    const auto none = directory / "none.pem";
    CHECK(net::tls_server_context::make(none, files.key).error().code == "E_TLS");
    CHECK(net::tls_server_context::make(files.chain, none).error().code == "E_TLS");
    CHECK(net::tls_server_context::make(files.authority, files.key).error().code == "E_TLS");
    CHECK(net::tls_client_context::make({.authorities = {none}}).error().code == "E_TLS");
    const auto pipe = directory / "pipe";  // which nobody writes to
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const std::string why = "no regular file";
    CHECK(net::tls_server_context::make(pipe, files.key).error().message.ends_with(why));
    CHECK(net::tls_server_context::make(files.chain, pipe).error().message.ends_with(why));
    CHECK(net::tls_client_context::make({.authorities = {pipe}}).error().message.ends_with(why));
}
