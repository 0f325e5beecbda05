// SPDX-License-Identifier: Apache-2.0
#pragma once
// The uplink of an instance that runs in the host's process: posts to the shard.
#include "plugin/proto/uplink_meter.hpp"
#include "plugin/uplink.hpp"

#include <memory>
#include <mutex>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net

namespace meshhost::plugin {

class event_queue;

/// Kept as long as a plugin's thread may speak; `owner` is not touched any more after detach().
class shard_uplink final : public uplink, public std::enable_shared_from_this<shard_uplink> {
public:
    /// `queue` hears when there is room again.
    shard_uplink(
        net::shard& owner,
        std::weak_ptr<uplink_sink> sink,
        std::string instance,
        std::shared_ptr<event_queue> queue
    );

    bool offer(proto::up_message message) override;
    void send(proto::up_message message) override;

    /// The shard may go: from now on nothing is sent.
    void detach();

private:
    void post(proto::up_message message, std::size_t size);
    void heard(std::size_t size);

    std::weak_ptr<uplink_sink> sink_;
    std::string instance_;
    std::shared_ptr<event_queue> queue_;
    std::mutex mutex_;  ///< of what follows
    net::shard* owner_;
    proto::uplink_meter meter_;
};

}  // namespace meshhost::plugin
