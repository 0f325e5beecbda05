// SPDX-License-Identifier: Apache-2.0
#pragma once
// The thread on which the router is asked, because the libraries that do it block.
#include "nat/router_request.hpp"

#include <functional>
#include <memory>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net

namespace meshhost::nat {

/// Lifecycle: make it, ask(), destroy it; nothing is told afterwards. One thread: the shard's,
/// which outlives it.
class router_thread {
public:
    static constexpr std::size_t queue_max = 4;

    using teller = std::function<void(const router_answer&)>;
    /// `gateway`: in place of the default route's; for tests.
    router_thread(net::shard& shard, teller tell, std::optional<ip_endpoint> gateway = {});
    router_thread(const router_thread&) = delete;
    router_thread& operator=(const router_thread&) = delete;
    /// Waits for what was asked, a second at most: a router that answers slower than that is left
    /// to a thread that tells nobody.
    ~router_thread();

    /// Told of on the shard's thread, never inside the call. One for a mapping takes the place of
    /// those that wait for one; of more than queue_max to give back the oldest is dropped.
    void ask(const router_request& request);

private:
    struct state;
    std::shared_ptr<state> state_;  // shared with the thread, which may outlive us
};

}  // namespace meshhost::nat
