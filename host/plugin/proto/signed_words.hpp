// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is signed when a plugin signs: behind a domain of our own and the context that it names, so
// that no signature of the node's means anything else.
#include "base/bytes.hpp"

#include <string_view>

namespace meshhost::plugin::proto {

inline constexpr std::size_t sign_context_max = 256;
inline constexpr std::size_t sign_message_max = std::size_t{1} << 20;

/// "meshhost plugin signature v1" 0x00, the context behind its length (16 bit, big-endian), the
/// message. Precondition: the context is at most sign_context_max.
byte_buffer signed_words(std::string_view context, bytes_view message);

}  // namespace meshhost::plugin::proto
