// SPDX-License-Identifier: Apache-2.0
#pragma once
// The end of a connection in the words and codes of this room.
#include "base/time.hpp"
#include "peers/proto/peers_state.hpp"
#include "transport/connection.hpp"

namespace meshhost::peers {

/// "idle for 30 s", "connection reset by a restart", ... `idle_timeout` is the endpoint's.
proto::link_end evidence_of(const transport::close_reason& reason, duration idle_timeout);

}  // namespace meshhost::peers
