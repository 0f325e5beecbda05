// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/stun_responder.hpp"

#include "identity/keyed_hash.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

stun_responder::stun_responder(std::uint64_t seed, responder_limits limits)
    : seed_(seed)
    , all_(limits.all_per_second, limits.all_burst)
    , sources_(slots, token_bucket(limits.source_per_second, limits.source_burst)) {}

std::size_t stun_responder::slot_of(const ip_endpoint& from) const {
    constexpr std::size_t prefix_v4 = 4;
    constexpr std::size_t prefix_v6 = 8;
    std::array<std::uint8_t, 8> secret{};
    for (std::size_t i = 0; i < secret.size(); ++i)
        secret[i] = static_cast<std::uint8_t>(seed_ >> (8 * i));
    const auto source = bytes_view(from.address).first(from.is_v4() ? prefix_v4 : prefix_v6);
    const auto hash = identity::hash_with_secret(secret, source);
    return (std::size_t{hash[0]} << 8 | hash[1]) % slots;
}

std::optional<byte_buffer> stun_responder::handle(
    bytes_view datagram,
    const ip_endpoint& from,
    time_point now
) {
    const auto query = read_binding_query(datagram);
    const bool is_answerable = from.port != 0 && !from.is_unspecified() && !from.is_multicast();
    if (!query || !is_answerable) {
        ++counts_.malformed;
        return std::nullopt;
    }
    ++counts_.requests;
    if (!sources_[slot_of(from)].take(now) || !all_.take(now)) {
        ++counts_.limited;
        return std::nullopt;
    }
    if (query->unknown.empty()) {
        ++counts_.answered;
        return encode_binding_success(*query, from);
    }
    ++counts_.refused;
    constexpr unsigned unknown_attribute = 420;  // RFC 8489 §14.8
    return encode_binding_error(*query, unknown_attribute);
}

}  // namespace meshhost::nat::proto
