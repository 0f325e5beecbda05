// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether browsers will be content with the certificate that a server shows (RFC 5280 section
// 4.1.2.5, RFC 9525).
#include "net/tls_context.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace meshhost::net {

/// Nobody renews it in the last minute. Of one that lives less than six weeks, a third of that.
constexpr std::chrono::hours tls_renewal_due{24 * 14};

/// What is wrong with it, a sentence each: its time, and which of `names` it does not bear. A name
/// may have a port behind it, an IPv6 address is in brackets. Any thread.
std::vector<std::string> certificate_concerns(
    const tls_server_context& shown,
    std::span<const std::string> names,
    std::chrono::system_clock::time_point now
);

}  // namespace meshhost::net
