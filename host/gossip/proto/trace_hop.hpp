// SPDX-License-Identifier: Apache-2.0
#pragma once
// A traced message on its way: each node that passes it on is a span, the child of that of the node
// it had it from, so that the trace is the tree over which the message went. Pure.
#include "identity/endpoint_id.hpp"
#include "wire/trace_context.hpp"

#include <array>

namespace meshhost::gossip::proto {

/// The span that `node` is in this trace: it follows from both, so that the machine that passes the
/// message on and whoever writes the span down need not talk.
std::array<std::uint8_t, 8> span_of_hop(
    const std::array<std::uint8_t, 16>& trace,
    const identity::endpoint_id& node
);

/// What goes on with a message that came with `heard`. What is no trace context goes on as it is.
byte_buffer trace_from_hop(bytes_view heard, const identity::endpoint_id& node);

}  // namespace meshhost::gossip::proto
