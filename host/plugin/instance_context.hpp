// SPDX-License-Identifier: Apache-2.0
#pragma once
// All that the host tables act on for one instance: what is behind mesh_host.impl.
#include "base/log.hpp"
#include "identity/endpoint_id.hpp"
#include "plugin/call_gate.hpp"
#include "plugin/event_queue.hpp"
#include "plugin/host_table.hpp"
#include "plugin/plugin_role.hpp"
#include "plugin/proto/digest_board.hpp"
#include "plugin/proto/digest_watches.hpp"
#include "plugin/proto/grants.hpp"
#include "plugin/proto/peer_watches.hpp"
#include "plugin/proto/timer_set.hpp"
#include "plugin/role_calls.hpp"
#include "plugin/uplink.hpp"

#include <boost/json/value.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

namespace meshhost::plugin {

/// This node, as mesh.peers/1 self() shows it.
struct node_self {
    identity::endpoint_id id;
    std::string roles;  ///< "broker,gateway"
    time_point since{};
};

/// Settled before create, and constant from then on.
struct instance_facts {
    std::string instance;  ///< "compute-0"
    std::string path;      ///< of the shared object, as the operator knows it
    const role_description* role = nullptr;
    node_self self;
    boost::json::value config;  ///< checked, with defaults
    proto::grants grants;
    std::uint32_t digest_bytes = 0;
    logger log;
};

struct instance_context {
    /// No pointer is null.
    instance_context(
        instance_facts known,
        std::shared_ptr<event_queue> events,
        std::shared_ptr<uplink> to_host,
        std::shared_ptr<strand_pulse> pulse
    );
    /// For new code of an instance that runs: speaks through the same queue, link and pulse.
    instance_context(instance_facts known, const instance_context& before);
    instance_context(const instance_context&) = delete;
    instance_context& operator=(const instance_context&) = delete;

    // For any thread.
    const instance_facts facts;
    call_gate gate;
    const std::shared_ptr<event_queue> queue;
    const std::shared_ptr<uplink> link;
    const host_table host;

    // For the strand alone; digest.check() for any thread once create has returned.
    call_watch watch;
    role_calls role;  ///< here, so that an instance that must not be destroyed is not lost either
    proto::timer_set timers;
    proto::peer_watches peers;
    proto::digest_watches digests;
    proto::digest_board digest;
    std::string config_text;  ///< of mesh.config/1 text()
};

}  // namespace meshhost::plugin
