// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/trace_hop.hpp"

#include "identity/content_hash.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

std::array<std::uint8_t, 8> span_of_hop(
    const std::array<std::uint8_t, 16>& trace,
    const identity::endpoint_id& node
) {
    byte_buffer both(trace.begin(), trace.end());
    const auto id = node.bytes();
    both.insert(both.end(), id.begin(), id.end());
    const auto hash = identity::hash_content(both);
    std::array<std::uint8_t, 8> span{};
    std::copy_n(hash.bytes.begin(), span.size(), span.begin());
    span.back() |= 1;  // none is all zeros
    return span;
}

byte_buffer trace_from_hop(bytes_view heard, const identity::endpoint_id& node) {
    auto context = wire::decode_trace_context(heard);
    if (!context) return byte_buffer(heard.begin(), heard.end());
    context->span = span_of_hop(context->trace, node);
    const auto bytes = wire::encode(*context);
    return byte_buffer(bytes.begin(), bytes.end());
}

}  // namespace meshhost::gossip::proto
