// SPDX-License-Identifier: Apache-2.0
// Hosts that find each other on real sockets, are killed, and come back.
#include "loopback_host.hpp"
#include "peers/proto/errc.hpp"
#include "support/loop.hpp"

#include <algorithm>
#include <optional>

using namespace meshhost;
using test::child_host;
using test::loopback_host;

namespace {

struct loopback_fixture {
    net::shard shard;

    template <class Predicate>
    bool run_until(Predicate done) {
        return test::run_until(shard, done);
    }
    bool is_told(const loopback_host& host, const std::string& evidence) {
        return std::count(host.evidence.begin(), host.evidence.end(), evidence) > 0;
    }
    bool meet(loopback_host& a, loopback_host& b) {
        return run_until([&] {
            return a.sees(b.endpoint->id()) == "alive" && b.sees(a.endpoint->id()) == "alive";
        });
    }
};

}  // namespace

TEST_CASE_METHOD(
    loopback_fixture,
    "loopback: two hosts show each other what they say",
    "[integration][peers]"
) {
    loopback_host a(shard, {.seed = 1});
    loopback_host b(shard, {.seed = 2});
    b.contribute(7);
    REQUIRE(a.service->name_peer(b.address()));
    REQUIRE(meet(a, b));
    CHECK(a.contribution(b.endpoint->id()) == 7);
    const auto view = *a.service->find(b.endpoint->id());
    CHECK(view.entry.digest->name == "host-2");
    REQUIRE(view.path);
    CHECK(view.path->kind == transport::path_kind::direct);
    CHECK(view.path->remote == b.endpoint->bound().front());
    CHECK(view.path->rtt > duration(0));
    REQUIRE(view.uptime);
    CHECK(*view.uptime < 60s);
    b.contribute(8);
    CHECK(run_until([&] { return a.contribution(b.endpoint->id()) == 8; }));
}

TEST_CASE_METHOD(
    loopback_fixture,
    "loopback: crossing dials end in one connection",
    "[integration][peers]"
) {
    loopback_host a(shard, {.seed = 1});
    loopback_host b(shard, {.seed = 2});
    REQUIRE(a.service->name_peer(b.address()));
    REQUIRE(b.service->name_peer(a.address()));
    REQUIRE(meet(a, b));
    REQUIRE(run_until([&] {
        return a.service->measure().links == 1 && b.service->measure().links == 1
               && a.service->find(b.endpoint->id())->path
               && b.service->find(a.endpoint->id())->path;
    }));
    CHECK(a.service->measure().faults == 0);
    CHECK(b.service->measure().faults == 0);
    CHECK(a.sees(b.endpoint->id()) == "alive");
    CHECK(b.sees(a.endpoint->id()) == "alive");
}

TEST_CASE_METHOD(
    loopback_fixture,
    "loopback: one that stops has left, at once",
    "[integration][peers]"
) {
    loopback_host a(shard, {.seed = 1});
    loopback_host b(shard, {.seed = 2});
    REQUIRE(a.service->name_peer(b.address()));
    REQUIRE(meet(a, b));
    b.service->async_stop();
    REQUIRE(run_until([&] { return b.is_stopped; }));
    REQUIRE(run_until([&] { return a.sees(b.endpoint->id()) == "left"; }));
    CHECK_FALSE(is_told(a, "idle for 1 s"));
    CHECK(b.service->measure().links == 0);
}

TEST_CASE_METHOD(
    loopback_fixture,
    "loopback: another key at the address is not the peer",
    "[integration][peers]"
) {
    loopback_host a(shard, {.seed = 1});
    loopback_host b(shard, {.seed = 2});
    auto address = b.address();
    address.id = test::loopback_key(3).id();
    REQUIRE(a.service->name_peer(address));
    REQUIRE(run_until([&] { return a.sees(address.id) == "dead"; }));
    CHECK_THAT(a.service->find(address.id)->evidence, Catch::StartsWith("wrong key"));
    CHECK(b.service->snapshot().empty());
}

TEST_CASE_METHOD(
    loopback_fixture,
    "loopback: a killed host is dead when its port is closed, and back when started",
    "[integration][peers]"
) {
    loopback_host a(shard, {.seed = 1});
    auto b = std::make_unique<child_host>(test::loopback_options{.seed = 2}, nullptr);
    const auto address = b->address();
    REQUIRE(a.service->name_peer(address));
    REQUIRE(run_until([&] { return a.contribution(address.id) == 2; }));
    b->kill();
    REQUIRE(run_until([&] { return a.sees(address.id) == "dead"; }));
    CHECK(is_told(a, "nobody listens at its port"));
    CHECK_FALSE(is_told(a, "idle for 1 s"));
    CHECK(a.contribution(address.id) == 2);
    b = std::make_unique<child_host>(
        test::loopback_options{.seed = 2, .port = address.direct.front().port, .incarnation = 2000},
        nullptr
    );
    REQUIRE(run_until([&] { return a.sees(address.id) == "alive"; }));
    CHECK(a.service->find(address.id)->evidence == "restarted");
}

TEST_CASE_METHOD(
    loopback_fixture,
    "loopback: a quick restart is noticed by a reset or by the new connection",
    "[integration][peers]"
) {
    loopback_host a(shard, {.seed = 1});
    const auto own = a.address();
    std::optional<child_host> b;
    test::loopback_options options{.seed = 2};
    bool is_dialling = false;
    SECTION("the one that dialled was restarted") {
        is_dialling = true;
    }
    SECTION("the one that was dialled was restarted") {}
    b.emplace(options, is_dialling ? &own : nullptr);
    const auto address = b->address();
    if (!is_dialling) REQUIRE(a.service->name_peer(address));
    REQUIRE(run_until([&] { return a.sees(address.id) == "alive"; }));
    options.port = b->port();
    options.incarnation = 2000;
    b->kill();
    b.reset();
    b.emplace(options, is_dialling ? &own : nullptr);
    REQUIRE(run_until([&] {
        const auto view = a.service->find(address.id);
        return view->entry.digest->incarnation == 2000 && view->entry.connected;
    }));
    REQUIRE(run_until([&] { return a.service->measure().links == 1; }));
    CHECK(a.sees(address.id) == "alive");
    CHECK_FALSE(is_told(a, "idle for 1 s"));
}

TEST_CASE_METHOD(
    loopback_fixture,
    "loopback: after a hundred connections all counts are back",
    "[integration][peers]"
) {
    loopback_host a(shard, {.seed = 1});
    for (std::uint8_t seed = 2; seed < 102; ++seed) {
        loopback_host b(shard, {.seed = seed});
        REQUIRE(b.service->name_peer(a.address()));
        REQUIRE(run_until([&] { return a.sees(b.endpoint->id()) == "alive"; }));
        b.service->async_stop();
        REQUIRE(run_until([&] { return b.is_stopped; }));
    }
    REQUIRE(run_until([&] { return a.endpoint->measure().connections == 0; }));
    const auto held = a.service->measure();
    CHECK(held.links == 0);
    CHECK(held.peers == 100);
    CHECK(held.faults == 0);
    CHECK(held.dial_targets == 0);
    CHECK(held.links_opened == held.links_closed);
    CHECK(a.endpoint->measure().streams == 0);
    CHECK(a.endpoint->measure().timers == 0);
}
