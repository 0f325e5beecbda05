// SPDX-License-Identifier: Apache-2.0
#pragma once
// How much of a handshake it took: a closed set, the same in logs, tables and tests.
#include <cstdint>

namespace meshhost::quic {

enum class handshake_kind : std::uint8_t {
    pending,     ///< not complete yet
    full,        ///< both keys proved by signature
    resumed,     ///< by a ticket of an earlier connection
    early_data,  ///< resumed, and the server took the client's 0-RTT data
};

/// A fixed word, for logs and people.
const char* to_string(handshake_kind kind) noexcept;

}  // namespace meshhost::quic
