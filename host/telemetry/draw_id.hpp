// SPDX-License-Identifier: Apache-2.0
#pragma once
// Fresh ids of traces and spans.
#include "base/prng.hpp"

#include <cstdint>
#include <cstring>

namespace meshhost::telemetry {

/// `Id`: trace_id or span_id. Never all zeros, which is none (W3C Trace Context §3.2.2.3).
template <class Id>
Id draw_id(prng& from) {
    Id id{};
    static_assert(sizeof id % sizeof(std::uint64_t) == 0);
    for (std::size_t at = 0; at < id.size(); at += sizeof(std::uint64_t)) {
        const std::uint64_t word = from.next();
        std::memcpy(id.data() + at, &word, sizeof word);
    }
    id.back() |= 1;
    return id;
}

}  // namespace meshhost::telemetry
