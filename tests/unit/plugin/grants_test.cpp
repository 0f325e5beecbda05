// SPDX-License-Identifier: Apache-2.0
// Which permission a grant covers, and which it does not.
#include "plugin/proto/grants.hpp"
#include "support/catch.hpp"

using meshhost::plugin::proto::grants;

TEST_CASE("grants: a name covers itself", "[plugin]") {
    const grants given({"alpn:mesh-compute/1", "identity:sign"});
    CHECK(given.allows("alpn:mesh-compute/1"));
    CHECK(given.allows("identity:sign"));
    CHECK_FALSE(given.allows("alpn:mesh-compute/2"));
    CHECK_FALSE(given.allows("alpn:mesh-compute"));
    CHECK_FALSE(given.allows(""));
    CHECK_FALSE(grants().allows("identity:sign"));
}

TEST_CASE("grants: a number sign stands for any rest, a star for one part", "[plugin]") {
    const grants given({"gossip:pub:jobs/#", "gossip:sub:logs/*/errors"});
    CHECK(given.allows("gossip:pub:jobs/new"));
    CHECK(given.allows("gossip:pub:jobs/new/urgent"));
    CHECK(given.allows("gossip:pub:jobs/#"));
    CHECK_FALSE(given.allows("gossip:pub:job"));
    CHECK_FALSE(given.allows("gossip:sub:jobs/new"));
    CHECK(given.allows("gossip:sub:logs/a/errors"));
    CHECK(given.allows("gossip:sub:logs/*/errors"));
    CHECK_FALSE(given.allows("gossip:sub:logs/a/b/errors"));
    CHECK_FALSE(given.allows("gossip:sub:logs/a"));
    CHECK_FALSE(given.allows("gossip:sub:logs/#/errors"));
    CHECK(grants({"gossip:pub:#"}).allows("gossip:pub:anything/at/all"));
    CHECK_FALSE(grants({"alpn:*"}).allows("alpn:x"));  // a star is a whole part
}
