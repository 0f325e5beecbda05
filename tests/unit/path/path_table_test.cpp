// SPDX-License-Identifier: Apache-2.0
#include "identity/secret_key.hpp"
#include "path/path_table.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using path::path_table;
using path::path_target;
using path::relay_hop;
using path::relay_id;

namespace {

path_target address(std::uint16_t port) {
    return ip_endpoint::loopback_v4(port);
}

identity::endpoint_id peer(std::uint8_t seed) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes.fill(seed);
    return identity::secret_key::from_seed(bytes).id();
}

ip_endpoint own_address(std::uint16_t port) {
    return ip_endpoint::loopback_v4(port);
}

std::vector<path_target> remotes(const path_table& table, path_id path) {
    const auto view = table.remotes(path);
    return {view.begin(), view.end()};
}

}  // namespace

TEST_CASE("path: an address keeps its id, another gets another", "[path]") {
    path_table table;
    const path_id first = table.intern(address(1));
    REQUIRE(table.intern(address(1)) == first);
    REQUIRE(table.intern(address(2)) != first);
    REQUIRE(remotes(table, first) == std::vector{address(1)});
    REQUIRE(table.remotes(path_id(999)).empty());
}

TEST_CASE("path: each address of ours that was asked is a path of its own", "[path]") {
    path_table table;
    const path_id first = table.intern(address(1), own_address(7));
    REQUIRE(table.intern(address(1), own_address(8)) != first);
    REQUIRE(table.intern(address(1), own_address(7)) == first);
    REQUIRE(table.local(first) == own_address(7));
    REQUIRE(table.local(table.intern(address(1))).is_unspecified());
    REQUIRE(table.local(path_id(999)).is_unspecified());
}

TEST_CASE("path: a dial over several addresses settles on the one that answered", "[path]") {
    path_table table;
    const path_id dialled = table.open({address(1), address(2), address(3)});
    table.retain(dialled);
    REQUIRE(remotes(table, dialled).size() == 3);
    const path_id answered = table.intern(address(2));
    REQUIRE(answered != dialled);
    table.settle(dialled, answered);
    REQUIRE(remotes(table, dialled) == std::vector{address(2)});
    table.release(dialled);
    REQUIRE(table.remotes(dialled).empty());
}

TEST_CASE("path: a dial's only address may be answered from another one", "[path]") {
    path_table table;
    const path_id dialled = table.open({address(1)});
    const path_id other = table.open({address(1)});
    table.retain(dialled);
    table.retain(other);
    table.settle(dialled, table.intern(address(2)));
    REQUIRE(remotes(table, dialled) == std::vector{address(2)});
    REQUIRE(remotes(table, other) == std::vector{address(1)});
    table.release(dialled);
    // Neither address is mixed up with the other from here on.
    REQUIRE(remotes(table, table.intern(address(1))) == std::vector{address(1)});
    REQUIRE(remotes(table, table.intern(address(2))) == std::vector{address(2)});
    REQUIRE(remotes(table, table.open({address(1)})) == std::vector{address(1)});
}

TEST_CASE("path: a flood of sources pushes out unused paths, never one in use", "[path]") {
    path_table table;
    const path_id used = table.intern(address(1));
    table.retain(used);
    const path_id unused = table.intern(address(2));
    for (std::uint32_t i = 0; i < 3 * path_table::unused_max; ++i) {
        table.intern(ip_endpoint::v4({10, 0, std::uint8_t(i >> 8), std::uint8_t(i)}, 7));
        const std::uint16_t port = static_cast<std::uint16_t>(1000 + i % 60'000);
        table.intern(address(port));
    }
    REQUIRE(table.unused() == path_table::unused_max);
    REQUIRE(table.in_use() == 1);
    REQUIRE(remotes(table, used) == std::vector{address(1)});
    REQUIRE(table.remotes(unused).empty());
}

TEST_CASE("path: released as often as retained, a path is unused again", "[path]") {
    path_table table;
    const path_id path = table.intern(address(1));
    table.retain(path);
    table.retain(path);
    table.release(path);
    REQUIRE(table.in_use() == 1);
    table.release(path);
    REQUIRE(table.in_use() == 0);
    REQUIRE(table.intern(address(1)) == path);
}

TEST_CASE("path: after a rebind addresses get new ids while old paths go on", "[path]") {
    path_table table;
    const path_id old = table.intern(address(1));
    table.retain(old);
    table.intern(address(2));
    table.forget_addresses();
    REQUIRE(table.unused() == 0);
    const path_id fresh = table.intern(address(1));
    REQUIRE(fresh != old);
    REQUIRE(remotes(table, old) == std::vector{address(1)});
    table.release(old);
    REQUIRE(table.remotes(old).empty());
    REQUIRE(table.intern(address(1)) == fresh);
}

TEST_CASE(
    "path: by way of a relay there is a path for each peer, and it outlives a rebind",
    "[path]"
) {
    path_table table;
    const auto first = peer(1);
    const path_target hop = relay_hop{relay_id(1), first};
    const path_id relayed = table.intern(hop);
    CHECK(table.intern(hop) == relayed);
    CHECK(table.intern(relay_hop{relay_id(2), first}) != relayed);
    CHECK(table.intern(relay_hop{relay_id(1), peer(2)}) != relayed);
    CHECK(remotes(table, relayed) == std::vector{hop});
    table.intern(address(1));
    table.forget_addresses();
    CHECK(table.unused() == 3);
    CHECK(table.intern(hop) == relayed);
}

TEST_CASE("path: what stands for a hop where only addresses are known is its own", "[path]") {
    const auto first = peer(1);
    const path_target hop = relay_hop{relay_id(1), first};
    CHECK(path::address_of(address(5)) == own_address(5));
    CHECK(path::address_of(hop) == path::address_of(hop));
    CHECK(path::address_of(hop) != path::address_of(relay_hop{relay_id(2), first}));
    CHECK(path::address_of(hop) != path::address_of(relay_hop{relay_id(1), peer(2)}));
    CHECK(path::address_of(hop).port == 0);  // which no socket sends to
}
