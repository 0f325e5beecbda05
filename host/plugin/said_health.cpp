// SPDX-License-Identifier: Apache-2.0
#include "plugin/said_health.hpp"

#include <utility>

namespace meshhost::plugin {

void said_health::say(proto::up::health_said health, uplink& to) {
    const std::lock_guard lock(mutex_);
    if (health.health == last_.health && health.reason == last_.reason) return;
    last_ = std::move(health);
    offer(to);
}

void said_health::retry(uplink& to) {
    const std::lock_guard lock(mutex_);
    if (is_waiting_) offer(to);
}

void said_health::take_over(said_health& before) {
    const std::scoped_lock lock(mutex_, before.mutex_);
    last_ = before.last_;
    is_waiting_ = before.is_waiting_;
}

void said_health::offer(uplink& to) {
    is_waiting_ = !to.offer(last_);
}

}  // namespace meshhost::plugin
