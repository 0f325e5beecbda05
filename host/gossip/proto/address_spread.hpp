// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which part of the internet a peer is in, as far as it says: one owner of one network should not
// fill a view.
#include "base/bytes.hpp"

#include <cstdint>

namespace meshhost::gossip::proto {

/// An IPv4 /16 or IPv6 /32. 0: not known, or private, and then never too many.
using address_prefix = std::uint64_t;

/// Of the first public direct address in a peer's data.
address_prefix prefix_of(bytes_view peer_data);

}  // namespace meshhost::gossip::proto
