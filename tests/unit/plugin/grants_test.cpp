// SPDX-License-Identifier: Apache-2.0
// Which permission a grant covers, and which it does not.
#include "plugin/proto/grants.hpp"
#include "plugin/proto/permission_words.hpp"
#include "support/catch.hpp"

using meshhost::plugin::proto::grants;
using meshhost::plugin::proto::oddity_of;

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

TEST_CASE("grants: what is none is told of", "[plugin]") {
    for (const char* const known :
         {"alpn:x/1",
          "gossip:pub:jobs/#",
          "gossip:sub:#",
          "message:send:*",
          "message:serve:port",
          "state:64MiB",
          "fs:read:/srv",
          "fs:write:/srv",
          "net:in",
          "net:out",
          "identity:sign"})
        CHECK_FALSE(oddity_of(known));
    CHECK(
        oddity_of("mesage:serve:x")
        == "the permission \"mesage:serve:x\" is none that this host knows: did you mean "
           "message:serve:...?"
    );
    CHECK(oddity_of("gossip:"));
    CHECK(oddity_of("alpn:"));
    CHECK(oddity_of("fs:read:srv")->ends_with("has no absolute path: it allows nothing"));
    CHECK(oddity_of("state:lots")->ends_with("has no size like 64MiB: it allows nothing"));
    CHECK(oddity_of("")->ends_with("is none that this host knows"));
}
