// SPDX-License-Identifier: Apache-2.0
#include "loop_fixture.hpp"
#include "net/deadline_timer.hpp"
#include "net/interface_monitor.hpp"
#include "support/own_network.hpp"

#include <algorithm>
#include <memory>

using namespace meshhost;
using net::interface_addresses;
using net::interface_monitor;
using test::run_until;

namespace {

const ip_endpoint second = ip_endpoint::v4({10, 9, 8, 7}, 0);

bool has(const ip_endpoint& address) {
    const auto all = interface_addresses();
    return std::find(all.begin(), all.end(), address) != all.end();
}

struct counter final : net::address_sink {
    void on_addresses_changed() override { ++changes; }
    int changes = 0;
};

struct settled_flag final : net::deadline_sink {
    void on_deadline(time_point) override { is_set = true; }
    bool is_set = false;
};

std::unique_ptr<interface_monitor> open_monitor(net::shard& shard, counter& sink) {
    auto opened = interface_monitor::open(shard, sink);
    REQUIRE(opened.has_value());
    return std::move(opened).value();
}

}  // namespace

TEST_CASE("net: an added address is listed before loopback", "[net][interfaces]") {
    CHECK_FALSE(has(second));
    test::add_address(second);
    REQUIRE(interface_addresses().size() >= 2);
    CHECK(interface_addresses().front() == second);
    CHECK(interface_addresses().back().is_loopback());
    test::remove_added_address();
    CHECK_FALSE(has(second));
}

TEST_CASE("net: an address that comes and one that goes are told once each", "[net][interfaces]") {
    net::shard shard;
    counter sink;
    const auto monitor = open_monitor(shard, sink);

    const time_point before = shard.now();
    test::add_address(second);
    run_until(shard, [&] { return sink.changes == 1; });
    CHECK(shard.now() >= before + net::address_settle_time);

    test::remove_added_address();
    run_until(shard, [&] { return sink.changes == 2; });
    test::run_ready(shard);
    CHECK(sink.changes == 2);
}

TEST_CASE("net: many events in a row are one change", "[net][interfaces]") {
    net::shard shard;
    counter sink;
    const auto monitor = open_monitor(shard, sink);
    for (int i = 0; i < 5; ++i) {
        test::add_address(second);
        test::remove_added_address();
    }
    run_until(shard, [&] { return sink.changes == 1; });
    test::run_ready(shard);
    CHECK(sink.changes == 1);  // told although the set is the same: it was away in between
}

TEST_CASE("net: what changes no address is not told", "[net][interfaces]") {
    net::shard shard;
    counter sink;
    const auto monitor = open_monitor(shard, sink);
    test::set_mtu(9'000);
    test::set_mtu(65'536);
    settled_flag settled;
    net::deadline_timer timer(shard, settled);
    timer.arm(shard.now() + 2 * net::address_settle_time);
    run_until(shard, [&] { return settled.is_set; });
    CHECK(sink.changes == 0);
}

TEST_CASE("net: a destroyed monitor is silent", "[net][interfaces]") {
    net::shard shard;
    counter sink;
    counter other;
    auto doomed = open_monitor(shard, sink);
    const auto monitor = open_monitor(shard, other);
    test::add_address(second);
    doomed.reset();
    run_until(shard, [&] { return other.changes == 1; });
    CHECK(sink.changes == 0);
    test::remove_added_address();
}
