// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a role says on a topic, as it is in a gossip message (docs/wire/plugin.md): with its
// author's signature, because gossip tells only who passed it on.
#include "base/bytes.hpp"
#include "identity/secret_key.hpp"
#include "identity/topic_id.hpp"

#include <optional>
#include <string_view>

namespace meshhost::plugin::proto {

/// Layout, flags, sequence, author, signature.
inline constexpr std::size_t gossip_envelope_size = 1 + 1 + 8 + 32 + 64;
inline constexpr std::size_t gossip_content_max = 4055;  ///< of a gossip message, at every hop
inline constexpr std::size_t gossip_body_max = gossip_content_max - gossip_envelope_size;

struct gossip_envelope {
    std::uint8_t flags = 0;  ///< MESH_PUB_NEIGHBORS; what is not known is passed over
    std::uint64_t sequence = 0;
    identity::endpoint_id author;
    identity::signature signed_by{};
    byte_buffer body;
};

/// 1 to topic_size_max printable characters of ASCII, none of them `*` or `#`, which grants use.
bool is_topic_name(std::string_view topic) noexcept;

/// Of a mesh: BLAKE3 of its name, its secret, which may be empty, and the topic's name.
identity::topic_id plugin_topic_id(
    std::string_view mesh,
    bytes_view secret,
    std::string_view topic
);

/// Precondition: `body` is at most gossip_body_max.
byte_buffer seal(
    const identity::secret_key& author,
    const identity::topic_id& topic,
    std::uint8_t flags,
    std::uint64_t sequence,
    bytes_view body
);

/// nullopt: no envelope. Nothing of it is proven.
std::optional<gossip_envelope> decode_envelope(bytes_view content);

/// The author wrote it, for this topic.
bool is_genuine(const gossip_envelope& envelope, const identity::topic_id& topic);

}  // namespace meshhost::plugin::proto
