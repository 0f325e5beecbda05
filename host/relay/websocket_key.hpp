// SPDX-License-Identifier: Apache-2.0
#pragma once
// How two ends of an HTTP upgrade show each other that they mean WebSocket (RFC 6455 section 4).
#include <string>
#include <string_view>

namespace meshhost::relay {

/// Of a client: 16 random bytes, as text.
std::string make_websocket_key();
/// What the server answers to it.
std::string answer_websocket_key(std::string_view key);

}  // namespace meshhost::relay
