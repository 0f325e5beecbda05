// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance_context.hpp"

#include <utility>

namespace meshhost::plugin {

instance_context::instance_context(
    instance_facts known,
    std::shared_ptr<event_queue> events,
    std::shared_ptr<uplink> to_host
)
    : facts(std::move(known))
    , queue(std::move(events))
    , link(std::move(to_host))
    , host(*this)
    , role(*facts.role->table)
    , digest(facts.role->name, facts.digest_bytes) {}

}  // namespace meshhost::plugin
