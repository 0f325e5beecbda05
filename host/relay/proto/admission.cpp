// SPDX-License-Identifier: Apache-2.0
#include "relay/proto/admission.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace meshhost::relay::proto {

admission::admission(const admission_limits& limits)
    : limits_(limits)
    , pace_(limits.accepts_per_second, std::max(1.0, limits.accepts_burst)) {}

admission_verdict admission::admit(const ip_endpoint& from, time_point now) {
    if (connections_ >= limits_.connections) return admission_verdict::full;
    if (half_open_ >= limits_.half_open) return admission_verdict::half_open_full;
    const network whose = network_of(from);
    const auto known = networks_.find(whose);
    if (limits_.per_address > 0 && known != networks_.end() && known->second >= limits_.per_address)
        return admission_verdict::address_full;
    if (limits_.accepts_per_second > 0 && !pace_.take(now)) return admission_verdict::too_fast;
    ++networks_[whose];
    ++connections_;
    ++half_open_;
    return admission_verdict::welcome;
}

void admission::settle() noexcept {
    MH_ASSERT(half_open_ > 0, "a half-open connection was admitted");
    --half_open_;
}

void admission::release(const ip_endpoint& from, bool was_half_open) {
    const auto known = networks_.find(network_of(from));
    MH_ASSERT(known != networks_.end(), "a connection was admitted from there");
    if (--known->second == 0) networks_.erase(known);
    --connections_;
    if (was_half_open) settle();
}

/// An IPv6 host has a /64 of its own, as a rule: an address in it costs it nothing. IPv4 in the
/// IPv6 form (RFC 4291 section 2.5.5.2), as dual-stack sockets tell it, is IPv4.
admission::network admission::network_of(const ip_endpoint& from) noexcept {
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const bool is_mapped =
        !from.is_v4() && std::equal(mapped.begin(), mapped.end(), from.address.begin());
    network out{};
    if (from.is_v4() || is_mapped) {
        out[0] = 4;
        std::copy_n(from.address.begin() + (is_mapped ? 12 : 0), 4, out.begin() + 1);
    } else {
        out[0] = 6;
        std::copy_n(from.address.begin(), 8, out.begin() + 1);
    }
    return out;
}

}  // namespace meshhost::relay::proto
