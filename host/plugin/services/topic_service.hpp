// SPDX-License-Identifier: Apache-2.0
#pragma once
// The host's end of mesh.gossip/1 for one instance: what it reads waits here until it has taken
// what went before.
#include "plugin/proto/byte_budget.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/services/mesh_services.hpp"

#include <cstdint>
#include <map>
#include <memory>

namespace meshhost::plugin {

/// One thread: the shard's. `hub` (null: nothing is read or said) and the others outlive it.
class topic_service {
public:
    topic_service(net::shard& shard, topic_hub* hub, const permission_check& allows, downlink& to);
    topic_service(const topic_service&) = delete;
    topic_service& operator=(const topic_service&) = delete;
    /// Leaves all topics.
    ~topic_service();

    void take(proto::up::topic_wanted&& wanted);
    void take(proto::up::topic_left&& left);
    void take(proto::up::topic_said&& said);
    void take(proto::up::topic_taken&& taken);

private:
    class reading;

    net::shard& shard_;
    topic_hub* hub_;
    const permission_check& allows_;
    downlink& to_;
    std::map<std::uint64_t, std::unique_ptr<reading>> readings_;
    /// The instance keeps its own budget, which is less; one in a process of its own may not.
    proto::byte_budget budget_{2 * proto::gossip_budget_max};
};

}  // namespace meshhost::plugin
