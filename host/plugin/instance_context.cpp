// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance_context.hpp"

#include <utility>

namespace meshhost::plugin {

instance_context::instance_context(
    instance_facts known,
    std::shared_ptr<event_queue> events,
    std::shared_ptr<uplink> to_host,
    std::shared_ptr<strand_pulse> pulse
)
    : facts(std::move(known))
    , queue(std::move(events))
    , link(std::move(to_host))
    , host(*this)
    , trace(facts.seed)
    , gossip_budget(facts.role->budget.gossip_bytes_per_s)
    , refusals(facts.role->budget)
    , watch(std::move(pulse), link)
    , role(*facts.role->table, watch)
    , digest(facts.role->name, facts.digest_bytes)
    , config(facts.config)
    , state(facts.state, queue)
    , jobs(role, queue) {}

instance_context::instance_context(instance_facts known, const instance_context& before)
    : facts(std::move(known))
    , gate(before.gate)
    , queue(before.queue)
    , link(before.link)
    , host(*this)
    , trace(facts.seed)
    , gossip_budget(facts.role->budget.gossip_bytes_per_s)
    , refusals(facts.role->budget)
    , watch(before.watch)
    , role(*facts.role->table, watch)
    , digest(facts.role->name, facts.digest_bytes)
    , config(facts.config)
    , state(facts.state, queue)
    , jobs(role, queue) {}

}  // namespace meshhost::plugin
