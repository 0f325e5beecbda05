// SPDX-License-Identifier: Apache-2.0
#include "identity/secret_key.hpp"
#include "path/fault_filter.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using path::fault_filter;
using path::fault_plan;

namespace {

ip_endpoint at(std::uint16_t port) {
    return ip_endpoint::loopback_v4(port);
}

std::vector<bool> fates(const fault_plan& plan, std::size_t count) {
    fault_filter filter(plan);
    std::vector<bool> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(filter.drops_to(at(1)));
    return all;
}

}  // namespace

TEST_CASE("path: a fault plan blocks addresses both ways, ports apart", "[path]") {
    fault_filter filter({.block = {at(1), at(2)}});
    CHECK(filter.drops_to(at(1)));
    CHECK(filter.drops_from(at(2)));
    CHECK_FALSE(filter.drops_to(at(3)));
    CHECK_FALSE(filter.drops_from(at(3)));
}

TEST_CASE("path: a fault plan blocks hosts by way of relays, and those alone", "[path]") {
    const auto id = [](std::uint8_t seed) {
        std::array<std::uint8_t, identity::secret_key::seed_size> bytes{seed};
        return identity::secret_key::from_seed(bytes).id();
    };
    fault_filter filter({.block_relayed = {id(1)}});
    for (const std::uint32_t relay : {1U, 2U}) {
        CHECK(filter.drops_to(path::relay_hop{path::relay_id{relay}, id(1)}));
        CHECK(filter.drops_from(path::relay_hop{path::relay_id{relay}, id(1)}));
        CHECK_FALSE(filter.drops_to(path::relay_hop{path::relay_id{relay}, id(2)}));
    }
    CHECK_FALSE(filter.drops_to(at(1)));
    CHECK_FALSE(fault_filter({.block = {at(1)}}).drops_to(path::relay_hop{path::relay_id{1}, id(1)})
    );
    CHECK_FALSE(fault_plan{.block_relayed = {id(1)}}.is_none());
}

TEST_CASE("path: a share is lost of what is sent, the same with the same seed", "[path]") {
    const auto all = fates({.loss = 0.25, .seed = 7}, 10'000);
    const auto lost = std::count(all.begin(), all.end(), true);
    CHECK(lost > 2'300);
    CHECK(lost < 2'700);
    CHECK(all == fates({.loss = 0.25, .seed = 7}, 10'000));
    CHECK(all != fates({.loss = 0.25, .seed = 8}, 10'000));
    const auto everything = fates({.loss = 1}, 100);
    CHECK(std::count(everything.begin(), everything.end(), true) == 100);
    CHECK_FALSE(fault_filter({.loss = 1}).drops_from(at(1)));
}

TEST_CASE("path: a fault plan has limits", "[path]") {
    CHECK(fault_plan{}.is_none());
    CHECK(fault_plan{}.is_valid());
    CHECK_FALSE(fault_plan{.loss = -0.1}.is_valid());
    CHECK_FALSE(fault_plan{.loss = 1.1}.is_valid());
    fault_plan plan{.block = std::vector<ip_endpoint>(fault_plan::block_max, at(1))};
    CHECK(plan.is_valid());
    CHECK_FALSE(plan.is_none());
    plan.block.push_back(at(2));
    CHECK_FALSE(plan.is_valid());
}
