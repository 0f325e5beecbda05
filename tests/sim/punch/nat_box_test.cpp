// SPDX-License-Identifier: Apache-2.0
#include "sim/punch/punch_site.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;

namespace {

constexpr time_point start{1h};

ip_endpoint at(std::string_view text) {
    return ip_endpoint::parse(text).value();
}

const ip_endpoint inner = at("192.168.1.11:5000");
const ip_endpoint peer = at("198.51.100.7:1");
const ip_endpoint same_address = at("198.51.100.7:2");
const ip_endpoint stranger = at("198.51.100.8:1");

/// Mapping and filtering as RFC 4787 names them, seen from outside.
struct behaviour {
    bool keeps_for_port;     ///< the same mapping to another port of the peer
    bool keeps_for_address;  ///< … and to another address
    bool lets_port;          ///< in, from another port of the peer
    bool lets_address;       ///< … and from another address
};

behaviour measured(site_kind kind) {
    punch_site site({.kind = kind}, 1, 1, 7);
    const auto seen = site.send(inner, peer, start).seen.value();
    behaviour found{};
    found.lets_port = site.receive(same_address, seen, start).has_value();
    found.lets_address = site.receive(stranger, seen, start).has_value();
    REQUIRE(site.receive(peer, seen, start) == inner);
    found.keeps_for_port = site.send(inner, same_address, start).seen == seen;
    found.keeps_for_address = site.send(inner, stranger, start).seen == seen;
    return found;
}

void check(site_kind kind, behaviour expected) {
    INFO(to_string(kind));
    const behaviour found = measured(kind);
    CHECK(found.keeps_for_port == expected.keeps_for_port);
    CHECK(found.keeps_for_address == expected.keeps_for_address);
    CHECK(found.lets_port == expected.lets_port);
    CHECK(found.lets_address == expected.lets_address);
}

}  // namespace

TEST_CASE("nat_box: each kind of site behaves as its name says", "[sim]") {
    check(site_kind::open, {true, true, true, true});
    check(site_kind::firewall, {true, true, false, false});
    check(site_kind::full_cone, {true, true, true, true});
    check(site_kind::address_restricted, {true, true, true, false});
    check(site_kind::port_restricted, {true, true, false, false});
    check(site_kind::symmetric_address, {true, false, false, false});
    check(site_kind::symmetric, {false, false, false, false});
    check(site_kind::double_cone, {true, true, false, false});
    check(site_kind::double_symmetric, {false, false, false, false});
    punch_site blocked({.kind = site_kind::udp_blocked}, 1, 1, 7);
    CHECK_FALSE(blocked.send(inner, peer, start).seen);
    blocked.set_blocked(false);
    CHECK(blocked.send(inner, peer, start).seen);
}

TEST_CASE("nat_box: a mapping ends when nothing inside uses it, or at a reboot", "[sim]") {
    punch_site site({.kind = site_kind::full_cone, .lifetime = 30s}, 1, 1, 7);
    const auto seen = site.send(inner, peer, start).seen.value();
    CHECK(site.send(inner, peer, start + 29s).seen == seen);
    CHECK(site.receive(stranger, seen, start + 59s) == inner);
    CHECK_FALSE(site.receive(stranger, seen, start + 60s));
    const auto next = site.send(inner, peer, start + 60s).seen.value();
    CHECK(next != seen);
    site.rebind(false);
    CHECK_FALSE(site.receive(stranger, next, start + 60s));
    site.rebind(true);
    CHECK(site.send(inner, peer, start + 60s).seen->address != seen.address);
}

TEST_CASE("nat_box: some give back what is sent to their own address", "[sim]") {
    const ip_endpoint other = at("192.168.1.12:5000");
    for (const bool hairpins : {false, true}) {
        punch_site site({.kind = site_kind::double_cone, .hairpins = hairpins}, 1, 1, 7);
        const auto one = site.send(inner, peer, start).seen.value();
        const auto two = site.send(other, peer, start).seen.value();
        site.send(other, one, start);  // opens the filters of the other's router
        const auto back = site.send(inner, two, start);
        CHECK(back.turned.has_value() == hairpins);
        if (hairpins) CHECK(back.turned == other);
        if (hairpins) CHECK(back.seen == one);
    }
}

TEST_CASE("nat_box: who can meet whom", "[sim]") {
    const auto can = [](site_kind a, site_kind b) {
        return permits_direct(punch_site({.kind = a}, 1, 1, 1), punch_site({.kind = b}, 2, 2, 2));
    };
    using enum site_kind;
    for (const auto kind : {open, firewall, full_cone, address_restricted, port_restricted}) {
        CHECK(can(kind, port_restricted));
        CHECK(can(double_cone, kind));
        CHECK_FALSE(can(kind, udp_blocked));
    }
    CHECK(can(symmetric, open));
    CHECK(can(symmetric, full_cone));
    CHECK(can(address_restricted, symmetric));
    CHECK_FALSE(can(symmetric, firewall));
    CHECK_FALSE(can(port_restricted, symmetric));
    CHECK_FALSE(can(symmetric, symmetric));
    CHECK_FALSE(can(symmetric_address, symmetric_address));
    CHECK_FALSE(can(double_symmetric, port_restricted));
    const punch_site v6({.kind = symmetric, .has_v6 = true}, 1, 1, 1);
    CHECK(permits_direct(v6, v6));
}
