// SPDX-License-Identifier: Apache-2.0
#pragma once
// The addresses of this machine's interfaces, and word of their changes (Linux: getifaddrs(3),
// rtnetlink(7)).
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "base/time.hpp"

#include <memory>
#include <vector>

namespace meshhost::net {

class shard;

/// The most addresses looked at: more than any ticket carries.
inline constexpr std::size_t interface_addresses_max = 64;

/// How long the interfaces must be quiet before a change is told: one change is many events.
inline constexpr duration address_settle_time = 250ms;
/// And how long a flapping interface can put it off.
inline constexpr duration address_settle_time_max = 2s;

/// The addresses another process may reach this machine at, port 0: of interfaces that are up
/// and have a carrier, neither link-local nor multicast; in order, without repetition, loopback
/// ones last.
std::vector<ip_endpoint> interface_addresses();

class address_sink {
public:
    /// The set of interface_addresses() is another one, or one of them went away and came back.
    /// May destroy the monitor.
    virtual void on_addresses_changed() = 0;

protected:
    ~address_sink() = default;
};

/// Lifecycle: open() it, destroy it; nothing is called afterwards. One thread: the shard's.
/// `owner` and `sink` outlive it.
class interface_monitor {
public:
    /// Errors: E_NETLINK; a host without it works, but does not notice changes.
    static outcome<std::unique_ptr<interface_monitor>> open(shard& owner, address_sink& sink);

    interface_monitor(const interface_monitor&) = delete;
    interface_monitor& operator=(const interface_monitor&) = delete;
    ~interface_monitor();

private:
    class state;
    explicit interface_monitor(std::unique_ptr<state> made);
    std::unique_ptr<state> state_;
};

}  // namespace meshhost::net
