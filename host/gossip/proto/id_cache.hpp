// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads endpoint ids off the wire. Whether 32 bytes are an Ed25519 public key takes 60 us to find
// out, and the same few thousand ids come again and again in shuffles; those that were good before
// are good. A cache, so it changes no result.
#include "base/bytes.hpp"
#include "identity/endpoint_id.hpp"

#include <optional>
#include <vector>

namespace meshhost::gossip::proto {

/// One for a process: machines that share it share what they learn. Single-threaded. Holds
/// `entries` ids, a newcomer takes the place of whoever has its slot.
class id_cache {
public:
    static constexpr std::size_t entries_default = 4096;  ///< 128 KiB

    explicit id_cache(std::size_t entries = entries_default);

    /// nullopt unless `bytes` is a public key.
    std::optional<identity::endpoint_id> read(bytes_view bytes);

private:
    std::vector<identity::endpoint_id> slots_;
};

}  // namespace meshhost::gossip::proto
