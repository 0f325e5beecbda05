// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which trace a message belongs to, and under which span it came: 26 bytes beside it
// (docs/wire/trace.md). Ids are W3C's (trace-context level 1, section 3.2.2).
#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace meshhost::wire {

inline constexpr std::size_t trace_context_size = 26;

struct trace_context {
    std::array<std::uint8_t, 16> trace{};
    std::array<std::uint8_t, 8> span{};
    std::uint8_t flags = 1;  ///< bit 0: sampled
    friend bool operator==(const trace_context&, const trace_context&) = default;
};

/// version (1), trace, span, flags.
std::array<std::uint8_t, trace_context_size> encode(const trace_context& context);

/// nullopt: another version or length, or ids that are all zeros.
std::optional<trace_context> decode_trace_context(bytes_view bytes);

}  // namespace meshhost::wire
