// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the local API needs of the host around it. The composition root provides it.
#include "admin/audit_snapshot.hpp"
#include "admin/reach_snapshot.hpp"
#include "admin/reload_snapshot.hpp"
#include "admin/snapshot.hpp"
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "identity/endpoint_id.hpp"
#include "telemetry/flight_recorder.hpp"
#include "telemetry/metric.hpp"
#include "telemetry/span.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::admin {

/// What a host's flight recorder holds.
struct flight_snapshot {
    std::size_t held = 0;
    std::size_t slots = 0;
    telemetry::flight_counts counts;
    std::vector<telemetry::flight_entry> entries;
};

/// How a reload went. Called once, on the shard's thread.
using reload_sink = std::function<void(const outcome<plugin_snapshot>&)>;

/// Questions, which change nothing. Called on the shard's thread.
class host_view {
public:
    virtual ~host_view() = default;

    virtual node_snapshot node() const = 0;
    virtual std::vector<peer_snapshot> peers() const = 0;
    virtual std::vector<plugin_snapshot> plugins() const = 0;
    virtual std::vector<probe_section> probe() const = 0;
    virtual meters_snapshot meters() const = 0;
    /// What is recorded as it happens, and no meter tells.
    virtual std::vector<telemetry::metric> instruments() const { return {}; }
    /// The settings in force, with their origins.
    virtual reach_snapshot reach() const { return {}; }
    virtual boost::json::object config() const = 0;
    /// The last starts of this host, each a boot_json(), the newest first.
    virtual boost::json::array boots() const = 0;
    /// The last spans of messages that were followed, the oldest first.
    virtual std::vector<telemetry::span> message_spans() const = 0;
    /// Of what this host did for itself, the last `most`, the oldest first.
    virtual flight_snapshot flight(std::size_t most) const {
        (void)most;
        return {};
    }
    /// The last finished ones of a role, the oldest first. Errors: E_NO_SUCH_INSTANCE.
    virtual outcome<std::vector<telemetry::span>> spans(const std::string& instance) const = 0;
};

struct ping_request {
    std::string peer;  ///< an id in hex or base32, or whatever names an unknown peer: a ticket
    unsigned count = 4;
    unsigned size = 32;  ///< payload bytes
    duration interval = 1s;
    duration timeout = 5s;  ///< of the connection, and of each reply
};

inline constexpr unsigned ping_count_max = 10'000;
inline constexpr unsigned ping_size_min = 8;  ///< room for its number
inline constexpr unsigned ping_size_max = 1'024;
inline constexpr duration ping_time_max = 60s;  ///< of the interval, and of the timeout

struct ping_reply {
    unsigned sequence = 0;        ///< from 1
    std::optional<duration> rtt;  ///< nullopt: no reply within the timeout
    path_snapshot path;           ///< the one selected when the reply came
};

/// Hears of one ping. Called on the shard's thread, never from inside host_actions::ping().
class ping_sink {
public:
    virtual ~ping_sink() = default;

    /// false: nobody listens any more, stop; on_done follows nevertheless.
    virtual bool on_reply(const ping_reply& reply) = 0;
    /// Exactly once, last. The failure says why there was no connection, or why it broke.
    virtual void on_done(const std::optional<failure>& fault) = 0;
};

/// What is done to datagrams on purpose.
struct fault_settings {
    double loss = 0;                 ///< the share of them that is dropped, 0..1
    std::vector<ip_endpoint> block;  ///< nothing goes to these or is taken from them
    std::uint64_t seed = 1;          ///< of which are dropped
    std::vector<identity::endpoint_id> block_relayed;  ///< nor by way of a relay to and from these
};

inline constexpr unsigned trace_size_min = 32;
inline constexpr unsigned trace_size_max = 4000;

inline constexpr std::size_t blocked_max = 1024;

/// Requests, which do something. Called on the shard's thread.
class host_actions {
public:
    virtual ~host_actions() = default;

    /// Errors, at once: E_BAD_PEER, E_PEER_UNKNOWN. Later ones reach the sink.
    virtual outcome<void> ping(const ping_request& request, std::shared_ptr<ping_sink> sink) = 0;
    virtual outcome<void> rebind() = 0;

    /// Others are told that this host takes no more work, or does again.
    virtual void drain() = 0;
    virtual void resume() = 0;

    /// Starts a role again, whatever state it is in. Errors: E_NO_PLUGIN.
    virtual outcome<void> restart_plugin(const std::string& instance) = 0;
    /// Forgets that it took the host down. Errors: E_NOT_WRITTEN.
    virtual outcome<void> enable_plugin(const std::string& instance) = 0;
    /// Puts the code at `path`, or at the role's own path, in the place of what runs. Errors, at
    /// once or in the answer: E_NO_PLUGIN, E_PLUGIN_BUSY, those of plugins.
    virtual outcome<void> reload_plugin(
        const std::string& instance,
        const std::string& path,
        reload_sink answer
    ) = 0;

    /// Broadcasts `size` bytes that say nothing, and whose way is followed; the trace's id in hex.
    /// Errors: E_NO_GOSSIP (unreachable).
    virtual outcome<std::string> publish_trace(unsigned size) = 0;

    /// An ExportTraceServiceRequest of another host, for this one's collector. Errors:
    /// E_NO_COLLECTOR (unreachable), E_API_FULL.
    virtual outcome<void> collect(const std::string& request) = 0;

    /// An address that opens the dashboard, once. Errors: E_NO_DASHBOARD (unreachable).
    virtual outcome<std::string> dashboard_link() = 0;

    // For experiments. Errors: E_NOT_A_LAB (not_permitted), where faults are not allowed.
    /// Replaces the faults that are injected.
    virtual outcome<void> set_faults(const fault_settings& faults) = 0;
    /// The instance fails as if one of its callbacks had thrown. Errors: E_NO_SUCH_INSTANCE, too.
    virtual outcome<void> crash_plugin(const std::string& instance) = 0;

    /// `sink` is called once, perhaps from inside; `is_fresh`: said just now, else what was last
    /// known. Errors: E_NO_SUCH_INSTANCE.
    using metrics_sink = std::function<void(const telemetry::metrics_snapshot&, bool is_fresh)>;
    virtual outcome<void> ask_metrics(const std::string& instance, metrics_sink sink) = 0;

    /// Reads the configuration again and applies what may change, all of it or nothing. Errors:
    /// those of reading it; E_RELOAD_UNDER_WAY.
    virtual outcome<void> reload_config(config_reload_sink sink) = 0;

    /// Goes over the host's books. Takes seconds when something may be no more than in flux.
    /// Errors: E_TOO_MANY_AUDITS.
    virtual outcome<void> audit(audit_sink sink) = 0;
};

}  // namespace meshhost::admin
