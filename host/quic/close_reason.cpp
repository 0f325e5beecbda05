// SPDX-License-Identifier: Apache-2.0
#include "quic/close_reason.hpp"

#include <algorithm>

namespace meshhost::quic {

const char* to_string(close_cause cause) noexcept {
    switch (cause) {
    case close_cause::closed_locally:
        return "closed here";
    case close_cause::closed_by_peer:
        return "closed by the peer";
    case close_cause::transport_error:
        return "transport error";
    case close_cause::idle_timeout:
        return "idle timeout";
    case close_cause::handshake_timeout:
        return "no answer";
    case close_cause::identity_mismatch:
        return "wrong key at the address";
    case close_cause::alpn_mismatch:
        return "protocol not spoken by the peer";
    case close_cause::stateless_reset:
        return "reset: the peer has restarted";
    case close_cause::refused:
        return "refused";
    case close_cause::no_address:
        return "no address to dial";
    case close_cause::endpoint_closed:
        return "this endpoint was closed";
    case close_cause::unresponsive:
        return "no answer to pings";
    case close_cause::port_closed:
        return "nobody listens at its port";
    }
    return "unknown";
}

std::string printable_reason(const std::uint8_t* data, std::size_t size) {
    std::string text(data, data + std::min(size, close_reason_bytes_max));
    std::replace_if(
        text.begin(),
        text.end(),
        [](char c) { return c < 0x20 || c > 0x7e; },
        '?'
    );
    return text;
}

}  // namespace meshhost::quic
