// SPDX-License-Identifier: Apache-2.0
#pragma once
// How it stands between us and a relay, in the words of logs and people.
#include <cstdint>

namespace meshhost::relay::proto {

enum class relay_status : std::uint8_t {
    down,        ///< not connected; the next attempt is due by itself
    connecting,  ///< on the way there: name, TCP, TLS, HTTP, authentication
    up,          ///< authenticated: what is sent goes out
    stopped,     ///< for good
};

/// Why the last connection ended, or did not come about.
enum class down_reason : std::uint8_t {
    none,          ///< it is up, or nothing was tried yet
    no_such_name,  ///< the name has no address
    unreachable,   ///< nobody answers at any address, or refuses
    tls_failed,    ///< no TLS, or a certificate that is not the relay's
    not_a_relay,   ///< HTTP, but no relay of a version that we speak
    denied,        ///< it knows who we are, and does not serve us
    timed_out,     ///< the way to being up took too long
    silent,        ///< a ping was not answered
    closed,        ///< it ended the connection
    violation,     ///< it sent what the protocol does not have
    stopped,       ///< by us
};

const char* to_string(relay_status status) noexcept;
const char* to_string(down_reason reason) noexcept;

}  // namespace meshhost::relay::proto
