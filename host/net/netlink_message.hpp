// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a batch of rtnetlink notifications says about this machine's addresses (rtnetlink(7)).
#include "base/bytes.hpp"

#include <cstdint>

namespace meshhost::net {

enum class address_news : std::uint8_t {
    none,   ///< nothing that concerns addresses
    maybe,  ///< something was added or touched: often only a lifetime or a counter
    lost,   ///< an address or a link went away, or messages were lost and nobody knows
};

/// Reads a sequence of nlmsghdr-framed messages; the worst of them counts. Bytes that are no such
/// sequence end the reading and count as `lost`: nothing was learned, so look.
address_news read_address_news(bytes_view notifications) noexcept;

}  // namespace meshhost::net
