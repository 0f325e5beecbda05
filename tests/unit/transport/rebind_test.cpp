// SPDX-License-Identifier: Apache-2.0
// Addresses of this machine that come and go under an endpoint bound to them.
#include "echo_peers.hpp"
#include "support/own_network.hpp"

using namespace meshhost;
using namespace meshhost::test;

namespace {

const ip_endpoint second = ip_endpoint::v4({10, 9, 8, 7}, 0);

struct rebind_fixture : echo_pair {
    std::shared_ptr<transport::connection> connection;

    /// Dials from an endpoint bound to `local`.
    void dial_from(std::vector<ip_endpoint> local) {
        auto options = default_options();
        options.bind = std::move(local);
        dialler = transport::endpoint::bind(shard, std::move(options)).value();
        client->auto_send = false;
        client->to_send = pattern(100'000);
        connection = dial();
        // A ticket comes with the word that the handshake is done: from then on it can migrate.
        REQUIRE(run_until([&] { return dialler->measure().session_tickets == 1; }));
    }

    void echo_over_it() {
        client->send(*connection);
        REQUIRE(run_until([&] { return client->fin_received; }));
        CHECK(client->received == client->to_send);
        CHECK(server->measure().opened == 1);
    }
};

}  // namespace

TEST_CASE_METHOD(rebind_fixture, "transport: an address that comes back is bound", "[transport]") {
    add_address(second);
    dial_from({second});
    remove_added_address();
    REQUIRE(run_until([&] { return dialler->bound().empty(); }));
    add_address(second);
    REQUIRE(run_until([&] { return dialler->bound().size() == 1; }));
    echo_over_it();
    remove_added_address();
}

TEST_CASE_METHOD(rebind_fixture, "transport: a lost address leaves the others", "[transport]") {
    add_address(second);
    dial_from({second, ip_endpoint::loopback_v4(0)});
    remove_added_address();
    REQUIRE(run_until([&] { return dialler->bound().size() == 1; }));
    echo_over_it();
}
