// SPDX-License-Identifier: Apache-2.0
#pragma once
// The pings that somebody asked for over the local API and that are still under way.
#include "admin/host_view.hpp"
#include "ping/ping_client.hpp"

#include <list>
#include <memory>
#include <vector>

namespace meshhost::app {

/// More are refused: a ping costs a connection.
inline constexpr std::size_t pings_max = 32;

/// Destroying it ends them all. One thread: the shard's. `shard` and `endpoint` outlive it.
class ping_table {
public:
    ping_table(net::shard& shard, transport::endpoint& endpoint);
    ping_table(const ping_table&) = delete;
    ping_table& operator=(const ping_table&) = delete;
    ~ping_table();

    /// Errors: E_TOO_MANY_PINGS.
    outcome<void> start(
        const identity::endpoint_addr& to,
        const admin::ping_request& request,
        std::shared_ptr<admin::ping_sink> sink
    );

    std::size_t size() const noexcept { return running_.size(); }
    /// The connections of those that have one. For the audit.
    std::vector<const transport::connection*> owned() const;

private:
    class entry;

    net::shard& shard_;
    transport::endpoint& endpoint_;
    std::list<std::unique_ptr<entry>> running_;
};

}  // namespace meshhost::app
