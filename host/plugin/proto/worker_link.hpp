// SPDX-License-Identifier: Apache-2.0
#pragma once
// What goes over the socket between a host and the process that runs a role for it: the link's
// messages, and what in one process would be a call on the instance.
#include "plugin/proto/link_codec.hpp"
#include "plugin/proto/peer_snapshot.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meshhost::plugin::proto {

// --- to the worker

namespace worker {

struct start {};

/// Drain until then (monotonic, which all processes of a machine share), stop, destroy, exit.
struct shut_down {
    time_point deadline{};
};

/// For experiments.
struct throw_now {};

/// New code: its image waits at the socket for files.
struct swap {
    std::string path;
    std::string settings;  ///< an instance's, in JSON
};

struct peer_change {
    identity::endpoint_id id;
    std::optional<peer_view> now;  ///< nullopt: it is forgotten
};

/// What changed since the last one. `is_last`: and now the snapshot is whole.
struct peers {
    std::vector<peer_change> changes;
    bool is_last = true;
};

/// The answer to create, first of all. No fault: it was created.
struct created {
    std::optional<std::string> fault_code;
    std::string fault_text;
};

}  // namespace worker

using to_worker = std::variant<
    worker::start,
    worker::shut_down,
    worker::throw_now,
    worker::swap,
    worker::peers,
    down_message>;
using from_worker = std::variant<worker::created, up_message>;

void encode(const to_worker& message, byte_buffer& out);
void encode(const from_worker& message, byte_buffer& out);
std::optional<to_worker> decode_to_worker(bytes_view bytes);
std::optional<from_worker> decode_from_worker(bytes_view bytes);

}  // namespace meshhost::plugin::proto
