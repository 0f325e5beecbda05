// SPDX-License-Identifier: Apache-2.0
#include "wire/trace_context.hpp"

#include <algorithm>

namespace meshhost::wire {

namespace {

constexpr std::uint8_t version = 1;

template <class Id>
bool is_none(const Id& id) {
    return std::all_of(id.begin(), id.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

std::array<std::uint8_t, trace_context_size> encode(const trace_context& context) {
    std::array<std::uint8_t, trace_context_size> out{};
    out.front() = version;
    auto at = std::copy(context.trace.begin(), context.trace.end(), out.begin() + 1);
    at = std::copy(context.span.begin(), context.span.end(), at);
    *at = context.flags;
    return out;
}

std::optional<trace_context> decode_trace_context(bytes_view bytes) {
    if (bytes.size() != trace_context_size || bytes.front() != version) return std::nullopt;
    trace_context out;
    auto at = bytes.begin() + 1;
    std::copy_n(at, out.trace.size(), out.trace.begin());
    at += static_cast<std::ptrdiff_t>(out.trace.size());
    std::copy_n(at, out.span.size(), out.span.begin());
    out.flags = bytes.back();
    if (is_none(out.trace) || is_none(out.span)) return std::nullopt;
    return out;
}

}  // namespace meshhost::wire
