// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/nat_discovery.hpp"
#include "nat/proto/net_report.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::nat::proto;
using question = nat_discovery::question;

namespace {

const ip_endpoint server = ip_endpoint::v4({198, 51, 100, 1}, 3478);
const ip_endpoint other = ip_endpoint::v4({198, 51, 100, 2}, 3479);
const ip_endpoint seen = ip_endpoint::v4({203, 0, 113, 7}, 4'000);

ip_endpoint port(std::uint16_t number) {
    ip_endpoint moved = seen;
    moved.port = number;
    return moved;
}

struct outside {
    std::optional<ip_endpoint> filter_port, filter_both, map_address, map_both;
    stun_failure why = stun_failure::silent;
};

nat_discovery discover(const outside& answers) {
    nat_discovery machine(server, other, seen);
    for (const question which : nat_discovery::questions) {
        CHECK_FALSE(machine.is_over());
        const auto& answer = which == question::filter_port   ? answers.filter_port
                             : which == question::filter_both ? answers.filter_both
                             : which == question::map_address ? answers.map_address
                                                              : answers.map_both;
        if (answer) {
            machine.handle_answer(which, *answer);
        } else {
            machine.handle_failure(which, answers.why);
        }
    }
    CHECK(machine.is_over());
    return machine;
}

}  // namespace

TEST_CASE("nat discovery: what is asked, and from where it is to be answered", "[nat]") {
    nat_discovery machine(server, other, seen);
    CHECK(machine.request(question::filter_port).server == server);
    CHECK(machine.request(question::filter_port).change_port);
    CHECK_FALSE(machine.request(question::filter_port).change_ip);
    CHECK(machine.request(question::filter_both).change_ip);
    CHECK(machine.request(question::map_address).server.to_string() == "198.51.100.2:3478");
    CHECK(machine.request(question::map_both).server == other);
    // Nothing is sent to the other address from the socket that asks of filters.
    for (const question which : nat_discovery::questions)
        CHECK((machine.request(which).server == server) == nat_discovery::is_of_filter(which));
}

TEST_CASE("nat discovery: mappings", "[nat]") {
    const std::vector<ip_endpoint> own{ip_endpoint::v4({203, 0, 113, 7}, 0)};
    const auto mapping = [](std::optional<ip_endpoint> address, std::optional<ip_endpoint> both) {
        return discover({{}, {}, address, both}).mapping({});
    };
    CHECK(mapping(seen, seen) == nat_mapping::endpoint_independent);
    CHECK(discover({{}, {}, seen, seen}).mapping(own) == nat_mapping::none);
    CHECK(mapping(port(1), port(1)) == nat_mapping::address_dependent);
    CHECK(mapping(port(1), port(2)) == nat_mapping::address_and_port_dependent);
    CHECK(mapping(seen, port(2)) == nat_mapping::address_and_port_dependent);
    CHECK(mapping({}, port(2)) == nat_mapping::endpoint_dependent);
    CHECK(mapping(seen, {}) == nat_mapping::endpoint_independent);
    CHECK(mapping({}, {}) == nat_mapping::unknown);
}

TEST_CASE("nat discovery: filters", "[nat]") {
    const auto filtering = [](std::optional<ip_endpoint> one, std::optional<ip_endpoint> both) {
        return discover({one, both, seen, seen}).filtering();
    };
    CHECK(filtering(seen, seen) == nat_filtering::endpoint_independent);
    CHECK(filtering(seen, {}) == nat_filtering::address_dependent);
    CHECK(filtering({}, {}) == nat_filtering::address_and_port_dependent);
    for (const auto why : {stun_failure::error, stun_failure::not_changed, stun_failure::refused})
        CHECK(discover({{}, {}, seen, seen, why}).filtering() == nat_filtering::unknown);
}

TEST_CASE("nat discovery: second addresses that are none", "[nat]") {
    CHECK(is_second_address(server, other));
    CHECK_FALSE(is_second_address(server, server));
    CHECK_FALSE(is_second_address(server, ip_endpoint::v4({198, 51, 100, 1}, 3479)));
    CHECK_FALSE(is_second_address(server, ip_endpoint::v4({198, 51, 100, 2}, 3478)));
    CHECK_FALSE(is_second_address(server, ip_endpoint::v4({127, 0, 0, 1}, 22)));
    CHECK_FALSE(is_second_address(server, ip_endpoint::v4({224, 0, 0, 1}, 22)));
    CHECK_FALSE(is_second_address(server, ip_endpoint::v4({198, 51, 100, 2}, 0)));
    CHECK_FALSE(is_second_address(server, ip_endpoint::any_v6(1)));
    CHECK(is_second_address(ip_endpoint::loopback_v4(1), ip_endpoint::v4({127, 0, 0, 2}, 2)));
}

TEST_CASE("nat: mappings by comparing what servers saw", "[nat]") {
    const std::vector<ip_endpoint> own{ip_endpoint::v4({203, 0, 113, 7}, 0)};
    using addresses = std::vector<ip_endpoint>;
    CHECK(mapping_of({}, {}) == nat_mapping::unknown);
    CHECK(mapping_of(addresses{seen}, {}) == nat_mapping::unknown);
    CHECK(mapping_of(addresses{seen}, own) == nat_mapping::none);
    CHECK(mapping_of(addresses{seen, seen}, {}) == nat_mapping::endpoint_independent);
    CHECK(mapping_of(addresses{seen, port(1)}, {}) == nat_mapping::endpoint_dependent);
}

TEST_CASE("nat: grades, and who gets through to whom", "[nat]") {
    using filter = nat_filtering;
    const auto yes = finding::yes;
    CHECK(grade_of(finding::no, nat_mapping::unknown, filter::unknown) == nat_grade::blocked);
    CHECK(grade_of(finding::unknown, nat_mapping::none, filter::unknown) == nat_grade::unknown);
    CHECK(grade_of(yes, nat_mapping::none, filter::endpoint_independent) == nat_grade::none);
    CHECK(grade_of(yes, nat_mapping::none, filter::unknown) == nat_grade::moderate);
    CHECK(
        grade_of(yes, nat_mapping::endpoint_independent, filter::endpoint_independent)
        == nat_grade::open
    );
    CHECK(
        grade_of(yes, nat_mapping::endpoint_independent, filter::address_dependent)
        == nat_grade::moderate
    );
    CHECK(
        grade_of(yes, nat_mapping::endpoint_dependent, filter::endpoint_independent)
        == nat_grade::strict
    );
    CHECK(grade_of(yes, nat_mapping::unknown, filter::unknown) == nat_grade::unknown);

    CHECK(can_punch(nat_grade::none, nat_grade::strict) == yes);
    CHECK(can_punch(nat_grade::strict, nat_grade::open) == yes);
    CHECK(can_punch(nat_grade::moderate, nat_grade::moderate) == yes);
    CHECK(can_punch(nat_grade::strict, nat_grade::moderate) == finding::unknown);
    CHECK(can_punch(nat_grade::strict, nat_grade::strict) == finding::no);
    CHECK(can_punch(nat_grade::blocked, nat_grade::unknown) == finding::no);
    CHECK(can_punch(nat_grade::unknown, nat_grade::none) == finding::unknown);
}

TEST_CASE("net report: the verdict, and what is news", "[nat]") {
    net_report report;
    CHECK(verdict(report).starts_with("UNKNOWN"));
    report.v4.udp = finding::no;
    CHECK(verdict(report).starts_with("UNKNOWN"));  // IPv6 was not tried
    report.v6.udp = finding::no;
    CHECK(verdict(report).starts_with("OFFLINE"));
    report.relays.push_back({"https://relay.example./", 12ms});
    CHECK(verdict(report).starts_with("RELAYED"));
    report.v4.udp = finding::yes;
    report.v4.mapping = nat_mapping::endpoint_dependent;
    CHECK(verdict(report).starts_with("LIMITED"));
    report.port_mapping.pcp = finding::yes;
    CHECK(verdict(report).starts_with("GOOD"));
    report.captive_portal = finding::yes;
    CHECK(verdict(report).starts_with("CAPTIVE"));

    net_report later = report;
    later.made_at += 5min;
    later.v4.round_trip = 3ms;
    CHECK_FALSE(is_news(report, later));
    later.v4.seen.push_back(seen);
    CHECK(is_news(report, later));
}
