// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whoever follows some messages on their way through the mesh. The bytes beside a message are a
// trace context (wire/trace_context.hpp).
#include "gossip/proto/gossip_output.hpp"

namespace meshhost::gossip {

class message_tracer {
public:
    /// A message of this host is about to go out. The context that goes with it; empty: this one is
    /// not followed.
    virtual byte_buffer on_broadcast(const identity::topic_id& topic, bytes_view content) = 0;
    /// It went out, with that context.
    virtual void on_sent() = 0;
    /// A first copy of one came, followed or not.
    virtual void on_delivery(const proto::message_output& message) = 0;

protected:
    ~message_tracer() = default;
};

}  // namespace meshhost::gossip
