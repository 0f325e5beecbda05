// SPDX-License-Identifier: Apache-2.0
#pragma once
// A mesh for a plugin on trial: peers that come and go, and use whatever the plugin offers.
#include <mesh/testing.hpp>

#include "base/prng.hpp"
#include "plugin/proto/config_schema.hpp"

#include <string>
#include <vector>

namespace meshhost::check {

/// Something of everything, in a fixed order: peers, digests, gossip on every topic, messages and
/// requests to every port, streams on every protocol, answers, time.
void exercise(mesh::testing::fake_host& host);

/// Kinds that no host of today sends.
void send_unknown_events(mesh::testing::fake_host& host);

/// `steps` random deeds, malformed and out of order.
void stress(mesh::testing::fake_host& host, prng& dice, std::size_t steps);

/// A value that the key's type and rule allow, for keys that have no default.
mesh::testing::value sample_of(const plugin::proto::config_key& key);

}  // namespace meshhost::check
