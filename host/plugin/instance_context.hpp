// SPDX-License-Identifier: Apache-2.0
#pragma once
// All that the host tables act on for one instance: what is behind mesh_host.impl.
#include "base/log.hpp"
#include "identity/endpoint_id.hpp"
#include "plugin/call_gate.hpp"
#include "plugin/event_queue.hpp"
#include "plugin/guarded_value.hpp"
#include "plugin/host_table.hpp"
#include "plugin/instance_jobs.hpp"
#include "plugin/metric_board.hpp"
#include "plugin/node_signer.hpp"
#include "plugin/plugin_role.hpp"
#include "plugin/proto/budget_meter.hpp"
#include "plugin/proto/byte_budget.hpp"
#include "plugin/proto/digest_board.hpp"
#include "plugin/proto/digest_watches.hpp"
#include "plugin/proto/fd_watches.hpp"
#include "plugin/proto/gossip_port.hpp"
#include "plugin/proto/grants.hpp"
#include "plugin/proto/message_port.hpp"
#include "plugin/proto/peer_watches.hpp"
#include "plugin/proto/stray_sites.hpp"
#include "plugin/proto/stream_port.hpp"
#include "plugin/proto/timer_set.hpp"
#include "plugin/role_calls.hpp"
#include "plugin/said_health.hpp"
#include "plugin/state_store.hpp"
#include "plugin/trace_port.hpp"
#include "plugin/uplink.hpp"

#include <boost/json/value.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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
    boost::json::value config;  ///< checked, with defaults; at the start
    proto::grants grants;
    std::uint32_t digest_bytes = 0;
    state_place state = {};
    std::uint64_t seed = 0;         ///< of the ids of its spans
    std::uint32_t trace_every = 0;  ///< every n-th event has a span; 0: none
    logger log;
    std::vector<std::string> reserved_alpns = {};  ///< for mesh.stream/1
    std::vector<std::string> withheld = {};        ///< tables that this host has nothing behind
    std::shared_ptr<const node_signer> signer = nullptr;  ///< null: nobody signs
    std::shared_ptr<const void> code = nullptr;  ///< keeps `role`; null: it is there for ever
    duration start_limit = proto::start_limit;
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
    said_health health;
    metric_board metrics;
    trace_port trace;
    std::atomic<bool> awaits_gossip_room = false;  ///< was told to wait for MESH_EV_GOSSIP_WRITABLE
    guarded_value<proto::byte_budget> gossip_budget;
    guarded_value<proto::budget_meter> refusals;  ///< because a budget was used up
    guarded_value<proto::stray_sites> strays;
    guarded_value<proto::message_port> messages;

    // For the strand alone; digest.check() for any thread once create has returned.
    call_watch watch;
    role_calls role;  ///< here, so that an instance that must not be destroyed is not lost either
    proto::timer_set timers;
    proto::peer_watches peers;
    proto::digest_watches digests;
    proto::digest_board digest;
    proto::stream_port streams;
    proto::fd_watches fds;
    proto::gossip_port topics;
    boost::json::value config;                    ///< in force
    std::optional<boost::json::value> candidate;  ///< while a reload is under way
    std::array<std::string, 2> config_texts;      ///< of both, for mesh.config/1 text()
    state_store state;                            ///< directory() for any thread
    instance_jobs jobs;                           ///< submit() for any thread
};

}  // namespace meshhost::plugin
