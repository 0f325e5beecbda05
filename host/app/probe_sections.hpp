// SPDX-License-Identifier: Apache-2.0
#pragma once
// The books of each room, as sections of `meshctl probe`.
#include "admin/snapshot.hpp"
#include "gossip/probe.hpp"
#include "introspect/introspect_client.hpp"
#include "introspect/introspect_server.hpp"
#include "net/shard.hpp"
#include "peers/probe.hpp"
#include "plugin/plugin_manager.hpp"
#include "transport/probe.hpp"

namespace meshhost::app {

admin::probe_section section_of(const transport::probe& counters);
admin::probe_section section_of(const gossip::probe& counters);
admin::probe_section section_of(const peers::probe& counters);
/// `known`: instances that never ran included.
admin::probe_section section_of(const plugin::plugin_counts& counters, std::size_t known);
/// The loop's: work that waits, timers by the rooms that made them.
admin::probe_section section_of(const net::shard& shard);
/// Both ends of mesh/introspect/1.
admin::probe_section section_of(
    const introspect::client_probe& asking,
    const introspect::server_probe& answering
);
/// Spans on their way to a collector.
/// What the kernel says of this process: descriptors, threads, memory.
admin::probe_section process_section();

}  // namespace meshhost::app
