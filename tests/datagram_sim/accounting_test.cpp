// SPDX-License-Identifier: Apache-2.0
// Whatever way connections end, in the end nothing of them is left.
#include "datagram_sim/quic_pair.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;

namespace {

void check_empty(const sim_endpoint& endpoint) {
    const quic::core_tables tables = endpoint.core().measure();
    CHECK(tables.connections == 0);
    CHECK(tables.half_open == 0);
    CHECK(tables.streams == 0);
    CHECK(tables.timers == 0);
    CHECK(tables.connection_ids == 0);
    CHECK(tables.tls_sessions == 0);
    CHECK(tables.send_bytes == 0);
    CHECK(endpoint.paths_retained() == 0);
}

enum class ending { client_closes, server_closes, both_close, client_dies, server_dies, count };

}  // namespace

TEST_CASE("datagram_sim: 2,000 connections later every table is as it was", "[accounting]") {
    pair_options options{.seed = 1, .link = {.delay = 1ms, .loss = 0.01}};
    options.server.idle_timeout = options.client.idle_timeout = 10s;
    options.server.connections_per_peer_max = 100;
    quic_pair net(options);
    prng random(1);
    std::size_t made = 0;
    while (made < 2000) {
        std::vector<test_app*> apps;
        for (int i = 0; i < 20; ++i) {
            apps.push_back(&net.dial(random.chance(0.3)));
            if (apps.back()->connection->sends_early_data()) apps.back()->send_new(true, 100);
        }
        made += apps.size();
        net.run_for(duration(random.below(20'000'000)));  // some are still in the handshake
        for (test_app* const app : apps) {
            if (app->connected) app->send_new(random.chance(0.5), random.below(5'000));
        }
        net.run_for(duration(random.below(20'000'000)));
        const auto how =
            static_cast<ending>(random.below(static_cast<std::uint64_t>(ending::count)));
        const auto close_all = [&](const auto& some) {
            for (test_app* const app : some) {
                if (app->connection != nullptr) app->connection->close(1, "enough");
            }
        };
        if (how == ending::client_closes || how == ending::both_close) close_all(apps);
        if (how == ending::server_closes || how == ending::both_close) {
            close_all(net.server().accepted());
        }
        if (how == ending::client_dies) {
            net.client().kill();
            net.run_for(duration(random.below(5'000'000'000)));
            net.client().boot();
        }
        if (how == ending::server_dies) {
            net.server().kill();
            net.run_for(duration(random.below(5'000'000'000)));
            net.server().boot();
        }
        net.run_for(1s);
        close_all(apps);  // those that were made after the ending
        REQUIRE(net.run_until([&] { return net.is_quiet(); }, 60s));
        check_empty(net.client());
        check_empty(net.server());
        net.client().forget_ended();
        net.server().forget_ended();
    }
    CHECK(net.connect().client.connected);
}

TEST_CASE("datagram_sim: tickets and tokens stay within their bounds", "[accounting]") {
    quic_pair net;
    for (int i = 0; i < 20; ++i) {
        test_app& app = net.connect().client;
        net.run_for(100ms);
        app.connection->close(0, "");
        net.run_for(5s);
    }
    // One of each for the one server and protocol there is.
    CHECK(net.client().core().measure().tickets == 1);
    CHECK(net.client().core().measure().tokens == 1);
}
