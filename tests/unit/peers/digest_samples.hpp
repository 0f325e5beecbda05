// SPDX-License-Identifier: Apache-2.0
#pragma once
// Keys and digests that the tests of this room share.
#include "identity/secret_key.hpp"
#include "peers/proto/node_digest.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace meshhost::test {

inline identity::secret_key sample_key(std::uint8_t seed) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes.fill(seed);
    return identity::secret_key::from_seed(bytes);
}

inline peers::proto::contribution sample_contribution(
    std::string role,
    std::string key,
    peers::proto::digest_value value
) {
    return {std::move(role), std::move(key), "", std::move(value)};
}

/// Every field and every kind of value in use.
inline peers::proto::node_digest full_digest(std::uint8_t seed = 1) {
    peers::proto::node_digest digest;
    digest.origin = sample_key(seed).id();
    digest.incarnation = 1'767'225'600'000;
    digest.sequence = 7;
    digest.mesh = "lab";
    digest.name = "compute-01";
    digest.version = "0.1.0";
    digest.state = peers::proto::node_state::alive;
    digest.uptime = std::chrono::milliseconds(61'000);
    digest.roles = {"compute", "gateway"};
    digest.addresses = {
        ip_endpoint::v4({192, 0, 2, 7}, 4433),
        ip_endpoint::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 4434)};
    digest.contributions = {
        sample_contribution("compute", "busy", true),
        sample_contribution("compute", "load", 0.5),
        sample_contribution("compute", "none", std::monostate{}),
        sample_contribution("compute", "queued", std::int64_t{-3}),
        sample_contribution("gateway", "bytes", std::uint64_t{1} << 63),
        sample_contribution("gateway", "key", byte_buffer{0, 255}),
        sample_contribution("gateway", "upstream", std::string("192.0.2.9:80"))};
    digest.contributions[4].unit = "By";
    digest.tier = peers::proto::node_tier::hub;
    digest.budget = {250, std::uint64_t{64} << 20, peers::proto::budget_source::config};
    digest.load = {3, peers::proto::load_class::not_measured};
    digest.capabilities = 5;
    digest.home_relay = "https://relay.example/";
    digest.neighbors = {{0, 1, 2, 3, 4, 5, 6, 7}, {0, 1, 2, 3, 4, 5, 6, 8}};
    digest.lease = std::chrono::minutes(45);
    digest.meters = peers::proto::node_meters{120, 9 << 20, 31, 4, 17, 5, 1000, 1100, 5000, 5100};
    return digest;
}

/// The least that a peer may say.
inline peers::proto::node_digest small_digest(
    std::uint8_t seed,
    std::uint64_t incarnation = 1,
    std::uint64_t sequence = 1
) {
    peers::proto::node_digest digest;
    digest.origin = sample_key(seed).id();
    digest.incarnation = incarnation;
    digest.sequence = sequence;
    digest.state = peers::proto::node_state::alive;
    return digest;
}

}  // namespace meshhost::test
