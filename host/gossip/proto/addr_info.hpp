// SPDX-License-Identifier: Apache-2.0
#pragma once
// The PeerData of iroh-gossip's net layer: where a peer may be found. The machines pass it on as
// opaque bytes; this is its form.
#include "base/bytes.hpp"
#include "base/ip_endpoint.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meshhost::gossip::proto {

/// More direct addresses are not read.
inline constexpr std::size_t addr_info_direct_max = 32;

struct addr_info {
    std::string relay;                ///< URL, normalised; empty: none
    std::vector<ip_endpoint> direct;  ///< sorted when we write it

    friend bool operator==(const addr_info&, const addr_info&) = default;
};

/// At most `size_max` bytes: direct addresses are left out from the end until it fits.
byte_buffer encode_addr_info(const addr_info& info, std::size_t size_max);

/// Any order, bytes after it are ignored, a relay URL that is none reads as no relay. nullopt:
/// not an AddrInfo. Empty data is "no information" and reads as an empty addr_info.
std::optional<addr_info> decode_addr_info(bytes_view data);

}  // namespace meshhost::gossip::proto
