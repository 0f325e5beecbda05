// SPDX-License-Identifier: Apache-2.0
#pragma once
// Link messages as bytes, for an instance that runs in a process of its own. Both ends are the same
// binary, so that the format has no versions; the host still believes nothing that it reads.
#include "base/bytes.hpp"
#include "plugin/proto/link_message.hpp"

#include <optional>

namespace meshhost::plugin::proto {

/// Of one message, encoded: a stream's bytes and a snapshot's peer fit by far.
inline constexpr std::size_t link_message_max = std::size_t{1} << 20;
inline constexpr std::size_t link_items_max = 4096;  ///< of one list in it

void encode(const up_message& message, byte_buffer& out);
void encode(const down_message& message, byte_buffer& out);

/// nullopt unless `bytes` is one whole message within all limits.
std::optional<up_message> decode_up(bytes_view bytes);
std::optional<down_message> decode_down(bytes_view bytes);

/// About how much memory the message holds beyond itself: texts and bytes.
std::size_t payload_size(const up_message& message);
std::size_t payload_size(const down_message& message);

}  // namespace meshhost::plugin::proto
