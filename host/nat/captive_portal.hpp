// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether something answers in place of the network: a relay's /generate_204 is asked with a word
// that only the relay itself gives back.
#include "base/error.hpp"
#include "base/http_url.hpp"
#include "base/time.hpp"
#include "nat/proto/nat_behaviour.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net

namespace meshhost::nat {

/// How long it takes at most, name look-up and all (iroh's).
inline constexpr duration portal_timeout = 2s;

/// Lifecycle: make it; it tells once, never from inside the constructor; destroy it, and it tells
/// nothing any more. One thread: the shard's, which outlives it.
class captive_portal_check {
public:
    /// yes: an answer that is not the relay's. no: the relay's. unknown: none, which is no portal
    /// and no network either.
    using teller = std::function<void(proto::finding)>;

    /// `relay`: of a relay that the operator named; its path is not used.
    captive_portal_check(
        net::shard& shard,
        http_url relay,
        teller tell,
        duration timeout = portal_timeout
    );
    captive_portal_check(const captive_portal_check&) = delete;
    captive_portal_check& operator=(const captive_portal_check&) = delete;
    ~captive_portal_check();

private:
    struct exchange;
    std::shared_ptr<exchange> exchange_;  // shared with its operations, which may outlive us
};

}  // namespace meshhost::nat
