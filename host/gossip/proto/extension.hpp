// SPDX-License-Identifier: Apache-2.0
#pragma once
// What hosts of ours say to the next hop in the bytes after a message. iroh-gossip ignores those
// and does not pass them on. A list of (tag u8, size varint, value); later tags are skipped, and
// bytes that are no such list are nothing at all.
//
//   1  urgency      1 byte: 1 urgent, 2 low
//   2  trace        up to 32 bytes, opaque here
//   3  heal         empty: this neighbour request is a probe's, take it beside the others
//   4  component    32 bytes: see component_mark.hpp
//   5  observer     empty: the sender hears everything and carries nothing
//   6  ages         up to 64 bytes: how long each announcement was held back, in units of 10 ms;
//                   the last one is also that of all that follow
#include "base/time.hpp"
#include "gossip/proto/gossip_output.hpp"

#include <optional>

namespace meshhost::gossip::proto {

inline constexpr std::size_t trace_size_max = 32;
inline constexpr std::size_t ages_max = 64;
inline constexpr duration age_unit = 10ms;

struct extension {
    urgency how = urgency::normal;
    bool is_heal = false;
    bool is_observer = false;
    bytes_view trace;      ///< borrowed
    bytes_view component;  ///< borrowed; empty or 32 bytes
    bytes_view ages;       ///< borrowed

    bool empty() const noexcept {
        return how == urgency::normal && !is_heal && !is_observer && trace.empty()
               && component.empty() && ages.empty();
    }
};

/// Borrows from `bytes`, of which it reads extension_size_max at most.
extension decode_extension(bytes_view bytes) noexcept;

/// Precondition: the sizes above.
void append_extension(byte_buffer& out, const extension& what);

}  // namespace meshhost::gossip::proto
