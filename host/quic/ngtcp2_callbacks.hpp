// SPDX-License-Identifier: Apache-2.0
#pragma once
// ngtcp2's callback table, each entry a thin step into quic_connection.
#include <ngtcp2/ngtcp2.h>

#include <cstdint>

namespace meshhost::quic {

/// The same for every connection of that side; `user_data` is the quic_connection.
const ngtcp2_callbacks& client_callbacks();
const ngtcp2_callbacks& server_callbacks();

/// How many packets were decrypted on this thread: what changed it while ngtcp2 read a datagram
/// was its peer, or a copy of what the peer once sent.
std::uint64_t packets_opened() noexcept;

}  // namespace meshhost::quic
