// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the network says of datagrams that did not arrive (ICMP), as the kernel keeps it for a
// socket that asked (ip(7), IP_RECVERR).
#include "base/ip_endpoint.hpp"

#include <vector>

namespace meshhost::net {

/// From now on they are kept, and the socket's next call fails once for each. False: the kernel
/// has no such thing.
bool keep_errors(int descriptor, bool is_v4) noexcept;

/// Whether a failed call may have failed for an earlier datagram, to anybody: it did nothing, and
/// the next one will. The same errors are said of the datagram itself, too.
bool may_be_an_earlier_one(int error) noexcept;

struct error_batch {
    std::vector<ip_endpoint> refused;  ///< where nobody listens, each once
    bool is_drained = false;
};

/// Takes a bounded number of them out.
error_batch take_errors(int descriptor);

}  // namespace meshhost::net
