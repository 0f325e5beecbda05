// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an instance and its host say to each other, whether they share a process or not: `up` is
// from the instance, `down` from the host. Values without pointers, so that link_codec can put each
// of them on a socket; every table has its own messages, in <table>_link.hpp.
//
// Things that live at the host (subscriptions, connections, requests) are named by link numbers:
// those that the instance names first are its handles; those that the host names first have
// host_number set, and the instance keeps the handle that it gave them beside it.
#include "peers/proto/node_digest.hpp"
#include "plugin/proto/health_link.hpp"
#include "plugin/proto/lifecycle.hpp"

#include <string>
#include <variant>

namespace meshhost::plugin::proto {

using link_number = std::uint64_t;
inline constexpr link_number host_number = std::uint64_t{1} << 63;

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
    up::health_said>;

using down_message = std::variant<down::uplink_ready>;

}  // namespace meshhost::plugin::proto
