// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.health/1 of one instance: what it last said, and whether the host has heard it. Any thread.
#include "plugin/proto/health_link.hpp"
#include "plugin/uplink.hpp"

#include <mutex>

namespace meshhost::plugin {

class said_health {
public:
    /// Says it, unless it is what was said last. When the uplink has no room, retry() does.
    void say(proto::up::health_said health, uplink& to);
    void retry(uplink& to);

    /// Goes on where earlier code of the instance was.
    void take_over(said_health& before);

private:
    void offer(uplink& to);

    std::mutex mutex_;  ///< so that the last word is the last to arrive
    proto::up::health_said last_;
    bool is_waiting_ = false;
};

}  // namespace meshhost::plugin
