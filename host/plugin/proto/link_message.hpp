// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an instance and its host say to each other, whether they share a process or not: `up` is
// from the instance, `down` from the host. Values without pointers, so that link_codec can put each
// of them on a socket; every table has its own messages, in <table>_link.hpp.
//
// Things that live at the host (subscriptions, connections, requests) are named by link numbers:
// those that the instance names first are its handles; those that the host names first have
// host_number set, and the instance keeps the handle that it gave them beside it.
//
// A table's structs stand in its own header; its lines in the variants below are kept together.
#include "peers/proto/node_digest.hpp"
#include "plugin/proto/budget_link.hpp"
#include "plugin/proto/config_link.hpp"
#include "plugin/proto/gossip_link.hpp"
#include "plugin/proto/health_link.hpp"
#include "plugin/proto/identity_link.hpp"
#include "plugin/proto/lifecycle.hpp"
#include "plugin/proto/link_number.hpp"
#include "plugin/proto/message_link.hpp"
#include "plugin/proto/metrics_link.hpp"
#include "plugin/proto/stream_link.hpp"
#include "plugin/proto/trace_link.hpp"

#include <string>
#include <variant>

namespace meshhost::plugin::proto {

namespace up {

struct state_changed {
    instance_state state = instance_state::created;
};

/// When the instance failed of it, state_changed follows.
struct faulted {
    std::string code;
    std::string text;
};

/// A digest value to publish; one without a value is to be forgotten.
struct value_said {
    peers::proto::contribution value;
};

/// New code took over from the old, or could not: then the old goes on.
struct swapped {
    bool is_done = true;
    std::string fault_code;
    std::string fault_text;
};

/// The first callback after a rest: somebody should look now and then whether it comes back.
struct call_begun {};

/// Last: no callback is made any more.
struct exited {
    bool may_restart = true;  ///< false: its code cannot be trusted, or its configuration is wrong
};

}  // namespace up

namespace down {

/// What the uplink refused may be said now.
struct uplink_ready {};

}  // namespace down

using up_message = std::variant<
    up::state_changed,
    up::faulted,
    up::value_said,
    up::swapped,
    up::call_begun,
    up::exited,
    up::health_said,
    up::metrics_said,
    up::span_ended,
    up::config_judged,
    up::budget_exhausted,
    // mesh.stream/1
    up::listen_wanted,
    up::listen_over,
    up::dial_wanted,
    up::connection_accepted,
    up::connection_closed,
    up::stream_wanted,
    up::stream_written,
    up::stream_taken,
    up::stream_given_up,
    up::streams_over,
    // mesh.gossip/1, mesh.message/1, mesh.identity/1
    up::topic_wanted,
    up::topic_left,
    up::topic_said,
    up::topic_taken,
    up::port_opened,
    up::port_closed,
    up::port_taken,
    up::message_said,
    up::request_made,
    up::request_given_up,
    up::request_answered,
    up::signing_asked>;

using down_message = std::variant<
    down::uplink_ready,
    down::metrics_wanted,
    down::config_offered,
    down::config_decided,
    // mesh.stream/1
    down::listen_failed,
    down::connection_offered,
    down::connection_made,
    down::connection_lost,
    down::stream_offered,
    down::stream_arrived,
    down::stream_room,
    down::stream_ended,
    // mesh.gossip/1, mesh.message/1, mesh.identity/1
    down::topic_heard,
    down::topic_lagged,
    down::message_heard,
    down::request_withdrawn,
    down::reply_heard,
    down::signing_done>;

}  // namespace meshhost::plugin::proto
