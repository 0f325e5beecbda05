// SPDX-License-Identifier: Apache-2.0
#include "base/prng.hpp"
#include "nat/proto/netcheck.hpp"
#include "nat_world.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;
using test::nat_kind;
using test::nat_world;

namespace {

const ip_endpoint one = ip_endpoint::v4({198, 51, 100, 1}, 3478);
const ip_endpoint one_also = ip_endpoint::v4({198, 51, 100, 2}, 3479);
const ip_endpoint two = ip_endpoint::v4({198, 51, 100, 9}, 3478);
const ip_endpoint dead = ip_endpoint::v4({198, 51, 100, 66}, 3478);
const ip_endpoint home = ip_endpoint::v4({192, 168, 1, 11}, 0);

netcheck_plan plan_for(std::vector<ip_endpoint> servers) {
    netcheck_plan plan;
    plan.servers = std::move(servers);
    plan.local = {home, ip_endpoint::loopback_v4(0)};
    return plan;
}

net_report check(nat_world& world, netcheck_plan plan) {
    netcheck machine(std::move(plan), as_bytes("a secret of the test"));
    return world.run(machine);
}

nat_world world_of_two(const nat_kind& kind) {
    nat_world world(kind);
    world.add_server(one, one_also);
    world.add_server(two);
    return world;
}

}  // namespace

TEST_CASE("netcheck: every kind of NAT, with a server of two addresses", "[nat]") {
    for (const auto mapping :
         {nat_mapping::none,
          nat_mapping::endpoint_independent,
          nat_mapping::address_dependent,
          nat_mapping::address_and_port_dependent}) {
        for (const auto filtering :
             {nat_filtering::endpoint_independent,
              nat_filtering::address_dependent,
              nat_filtering::address_and_port_dependent}) {
            for (const bool hairpin : {false, true}) {
                INFO(to_string(mapping) << " " << to_string(filtering) << " " << hairpin);
                auto world = world_of_two({mapping, filtering, hairpin});
                const net_report report = check(world, plan_for({one, two}));
                CHECK(report.v4.udp == finding::yes);
                CHECK(report.v4.mapping == mapping);
                CHECK(report.v4.filtering == filtering);
                CHECK(report.v4.servers_answered == 2);
                CHECK(report.v4.round_trip == duration(40ms));
                CHECK(report.took <= 5s);
                CHECK(report.v6.udp == finding::unknown);
                CHECK(report.v6.has_address == finding::no);
                // Where each destination has another port it cannot be asked so.
                if (mapping == nat_mapping::endpoint_independent)
                    CHECK(report.v4.hairpin == (hairpin ? finding::yes : finding::no));
                if (mapping == nat_mapping::none) CHECK(report.v4.hairpin == finding::unknown);
            }
        }
    }
}

TEST_CASE("netcheck: a router that takes strays as its own does not look strict", "[nat]") {
    nat_kind linux_router;
    linux_router.takes_strays = true;
    auto world = world_of_two(linux_router);
    const net_report report = check(world, plan_for({one, two}));
    CHECK(report.v4.mapping == nat_mapping::endpoint_independent);
    CHECK(report.v4.filtering == nat_filtering::address_and_port_dependent);
}

TEST_CASE("netcheck: servers of one address, compared", "[nat]") {
    const auto mapping_seen = [](nat_mapping mapping, std::vector<ip_endpoint> servers) {
        nat_world world({mapping});
        for (const auto& at : servers)
            world.add_server(at);
        const net_report report = check(world, plan_for(std::move(servers)));
        CHECK(report.v4.filtering == nat_filtering::unknown);
        return report.v4.mapping;
    };
    CHECK(
        mapping_seen(nat_mapping::endpoint_independent, {one, two})
        == nat_mapping::endpoint_independent
    );
    CHECK(
        mapping_seen(nat_mapping::address_dependent, {one, two}) == nat_mapping::endpoint_dependent
    );
    CHECK(mapping_seen(nat_mapping::endpoint_independent, {one}) == nat_mapping::unknown);
    CHECK(mapping_seen(nat_mapping::none, {one}) == nat_mapping::none);
}

TEST_CASE("netcheck: UDP that does not come back, and servers that are not there", "[nat]") {
    nat_kind blocked;
    blocked.blocks_udp = true;
    auto world = world_of_two(blocked);
    net_report report = check(world, plan_for({one, two}));
    CHECK(report.v4.udp == finding::no);
    CHECK(report.grade() == nat_grade::blocked);
    CHECK(report.took <= 3s);

    auto other = world_of_two({});
    report = check(other, plan_for({dead, one, two}));
    CHECK(report.v4.udp == finding::yes);
    CHECK(report.v4.servers_asked == 3);
    CHECK(report.v4.servers_answered == 2);

    netcheck machine(plan_for({dead}), as_bytes("a secret of the test"));
    machine.start(time_point(1s));
    machine.handle_refused(dead, netcheck_socket::main, time_point(1s));
    machine.handle_refused(dead, netcheck_socket::second, time_point(1s));
    CHECK(machine.is_done());
    CHECK(machine.report().v4.udp == finding::unknown);
}

TEST_CASE("netcheck: with nobody to ask it is over at once", "[nat]") {
    netcheck machine(plan_for({}), as_bytes("a secret of the test"));
    machine.start(time_point(1s));
    REQUIRE(machine.poll_output());
    CHECK(machine.is_done());
    CHECK(machine.report().v4.has_address == finding::yes);
    CHECK_FALSE(machine.poll_output());
}

TEST_CASE("netcheck: a server that points at others sends us nowhere", "[nat]") {
    for (const auto& other :
         {ip_endpoint::loopback_v4(22), ip_endpoint::v4({198, 51, 100, 2}, 3478), one}) {
        nat_world world({});
        world.add_server(one, other);
        const net_report report = check(world, plan_for({one}));
        CHECK(report.v4.mapping == nat_mapping::unknown);
        CHECK((other == one || world.destinations.count(other) == 0));
    }
}

TEST_CASE("netcheck: waits for what others find out, up to its budget", "[nat]") {
    const time_point start(1s);
    netcheck_plan plan = plan_for({});
    plan.relays = 2;
    plan.awaits_captive_portal = true;
    plan.awaits_port_mapping = true;
    netcheck machine(plan, as_bytes("a secret of the test"));
    machine.start(start);
    machine.note_relay({"https://slow.example./", 90ms}, start);
    machine.note_captive_portal(finding::no, start);
    machine.note_port_mapping({finding::no, finding::yes, finding::unknown}, start);
    CHECK_FALSE(machine.is_done());
    machine.note_relay({"https://fast.example./", 9ms}, start + 1s);
    REQUIRE(machine.is_done());
    const net_report& report = machine.report();
    CHECK(report.took == 1s);
    CHECK(report.relays.front().url == "https://fast.example./");
    CHECK(report.port_mapping.any() == finding::yes);
    CHECK(report.captive_portal == finding::no);

    netcheck late(plan, as_bytes("a secret of the test"));
    late.start(start);
    CHECK(late.next_deadline() == start + plan.budget);
    late.handle_deadline(start + plan.budget);
    CHECK(late.is_done());
    late.note_captive_portal(finding::yes, start + 10s);
    CHECK(late.report().captive_portal == finding::unknown);
}

TEST_CASE("netcheck: whatever is lost, it ends, and says nothing that is not so", "[nat]") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        prng random(seed);
        const auto mapping = static_cast<nat_mapping>(1 + random.below(4));
        const auto filtering = static_cast<nat_filtering>(1 + random.below(3));
        auto world = world_of_two({mapping, filtering, random.chance(0.5)});
        const double loss = random.unit() * 0.5;
        world.loses = [&] { return random.chance(loss); };
        world.latency = duration(1ms) * static_cast<int>(1 + random.below(150));
        const net_report report = check(world, plan_for({one, two, dead}));
        INFO("seed " << seed << " " << to_string(mapping) << " " << to_string(filtering));
        CHECK(report.took <= netcheck_plan{}.budget);
        const bool is_dependent = mapping == nat_mapping::address_dependent
                                  || mapping == nat_mapping::address_and_port_dependent;
        if (is_dependent) {
            CHECK(report.v4.mapping != nat_mapping::none);
            CHECK(report.v4.mapping != nat_mapping::endpoint_independent);
        } else {
            CHECK((report.v4.mapping == mapping || report.v4.mapping == nat_mapping::unknown));
        }
        // Loss can look like a filter, never like the lack of one.
        CHECK((report.v4.filtering == nat_filtering::unknown || report.v4.filtering >= filtering));
    }
}
