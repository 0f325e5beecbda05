// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why a path is what it is: one word, the same in logs, digests, the CLI and metrics.
#include "base/ip_endpoint.hpp"

#include <cstdint>
#include <span>

namespace meshhost::path {

/// Settled for good once shipped: values are appended, never renamed.
enum class path_reason : std::uint8_t {
    not_tried,
    same_host,       ///< both ends on this machine
    lan,             ///< a private, link-local or unique local address: the same network
    public_address,  ///< the peer is reachable at a public address
    relayed,         ///< by way of a relay, and nobody looks for a direct one
};

const char* to_string(path_reason reason) noexcept;

/// What a direct path to `remote` is, given this machine's own addresses (ports ignored).
path_reason classify(const ip_endpoint& remote, std::span<const ip_endpoint> own);

}  // namespace meshhost::path
