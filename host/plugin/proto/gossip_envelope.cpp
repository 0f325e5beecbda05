// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/gossip_envelope.hpp"

#include "base/assert.hpp"
#include "identity/content_hash.hpp"
#include "plugin/proto/limits.hpp"
#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

#include <algorithm>

namespace meshhost::plugin::proto {

namespace {

using namespace std::string_view_literals;

constexpr std::uint8_t layout = 1;
constexpr std::string_view topic_domain = "meshhost plugin topic v1\0"sv;
constexpr std::string_view message_domain = "meshhost plugin gossip v1\0"sv;

/// The topic is not in the envelope, and signed all the same: nobody carries a message from one
/// topic to another.
byte_buffer signed_part(
    const identity::topic_id& topic,
    std::uint8_t flags,
    std::uint64_t sequence,
    const identity::endpoint_id& author,
    bytes_view body
) {
    byte_buffer words;
    wire::byte_writer out(words);
    out.bytes(as_bytes(message_domain));
    out.bytes(topic.bytes());
    out.u8(layout);
    out.u8(flags);
    out.u64be(sequence);
    out.bytes(author.bytes());
    out.bytes(body);
    return words;
}

}  // namespace

bool is_topic_name(std::string_view topic) noexcept {
    const auto is_fit = [](char c) { return c > ' ' && c < '\x7f' && c != '*' && c != '#'; };
    return !topic.empty() && topic.size() <= topic_size_max
           && std::all_of(topic.begin(), topic.end(), is_fit);
}

identity::topic_id plugin_topic_id(
    std::string_view mesh,
    bytes_view secret,
    std::string_view topic
) {
    byte_buffer words;
    wire::byte_writer out(words);
    out.bytes(as_bytes(topic_domain));
    out.bytes(as_bytes(mesh));
    out.u8(0);
    out.u32be(static_cast<std::uint32_t>(secret.size()));
    out.bytes(secret);
    out.bytes(as_bytes(topic));
    return identity::topic_id(identity::hash_content(words).bytes);
}

byte_buffer seal(
    const identity::secret_key& author,
    const identity::topic_id& topic,
    std::uint8_t flags,
    std::uint64_t sequence,
    bytes_view body
) {
    MH_ASSERT(body.size() <= gossip_body_max, "checked where it was said");
    const auto proof = author.sign(signed_part(topic, flags, sequence, author.id(), body));
    byte_buffer content;
    content.reserve(gossip_envelope_size + body.size());
    wire::byte_writer out(content);
    out.u8(layout);
    out.u8(flags);
    out.u64be(sequence);
    out.bytes(author.id().bytes());
    out.bytes(proof);
    out.bytes(body);
    return content;
}

std::optional<gossip_envelope> decode_envelope(bytes_view content) {
    wire::byte_reader in(content);
    gossip_envelope read;
    if (in.u8() != layout) return std::nullopt;
    read.flags = in.u8();
    read.sequence = in.u64be();
    const auto author = identity::endpoint_id::from_bytes(in.take(identity::endpoint_id::size));
    read.signed_by = in.array<std::tuple_size_v<identity::signature>>();
    const bytes_view body = in.rest();
    if (!in.ok() || !author || body.size() > gossip_body_max) return std::nullopt;
    read.author = *author;
    read.body.assign(body.begin(), body.end());
    return read;
}

bool is_genuine(const gossip_envelope& envelope, const identity::topic_id& topic) {
    const auto words =
        signed_part(topic, envelope.flags, envelope.sequence, envelope.author, envelope.body);
    return identity::verify(envelope.author, words, envelope.signed_by);
}

}  // namespace meshhost::plugin::proto
