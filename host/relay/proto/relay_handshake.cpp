// SPDX-License-Identifier: Apache-2.0
#include "relay/proto/relay_handshake.hpp"

#include "identity/base64.hpp"
#include "identity/content_hash.hpp"
#include "relay/proto/errc.hpp"
#include "wire/postcard.hpp"

#include <algorithm>

namespace meshhost::relay::proto {

namespace {

constexpr std::string_view challenge_context = "iroh-relay handshake v1 challenge signature";
constexpr std::size_t signature_size = 64;

std::array<std::uint8_t, 32> challenge_message(const challenge& asked) {
    return identity::derive_key(challenge_context, asked);
}

byte_buffer begin(frame_type type) {
    return {static_cast<std::uint8_t>(type)};
}

struct signed_id {
    identity::endpoint_id id;
    identity::signature signed_by;
};

/// What both forms begin with.
result<signed_id> read_signed_id(wire::postcard_reader& in) {
    const bytes_view key = in.fixed(peer_size);
    const bytes_view signed_by = in.bytes(signature_size);
    if (!in.ok() || signed_by.size() != signature_size) return errc::malformed;
    const auto id = identity::endpoint_id::from_bytes(key);
    if (!id) return errc::bad_endpoint_id;
    signed_id out{*id, {}};
    std::ranges::copy(signed_by, out.signed_by.begin());
    return out;
}

void write_signed_id(
    wire::postcard_writer& out,
    const identity::secret_key& key,
    bytes_view message
) {
    out.fixed(key.id().bytes());
    out.bytes(key.sign(message));
}

}  // namespace

byte_buffer encode_challenge(const challenge& asked) {
    byte_buffer out = begin(frame_type::server_challenge);
    out.insert(out.end(), asked.begin(), asked.end());
    return out;
}

byte_buffer encode_confirmation() {
    return begin(frame_type::server_confirms);
}

byte_buffer encode_refusal(std::string_view reason) {
    byte_buffer out = begin(frame_type::server_denies);
    wire::postcard_writer(out).string(reason.substr(0, handshake_message_max));
    return out;
}

result<identity::endpoint_id> check_client_auth(
    std::span<std::uint8_t> message,
    const challenge& asked
) {
    const auto split = split_frame(message);
    if (!split) return split.error();
    if (split->type != frame_type::client_auth) return errc::unexpected_frame;
    wire::postcard_reader in(split->payload);
    const auto read = read_signed_id(in);
    if (!read) return read.error();
    if (!identity::verify(read->id, challenge_message(asked), read->signed_by))
        return errc::bad_signature;
    return read->id;
}

byte_buffer sign_challenge(const identity::secret_key& key, const challenge& asked) {
    byte_buffer out = begin(frame_type::client_auth);
    wire::postcard_writer writer(out);
    write_signed_id(writer, key, challenge_message(asked));
    return out;
}

result<handshake_frame> decode_handshake_frame(std::span<std::uint8_t> message) {
    const auto split = split_frame(message);
    if (!split) return split.error();
    wire::postcard_reader in(split->payload);
    if (split->type == frame_type::server_challenge) {
        const auto asked = in.array<challenge_size>();
        if (!in.at_end()) return errc::malformed;
        return handshake_frame(asked);
    }
    if (split->type == frame_type::server_confirms) return handshake_frame(confirmed{});
    if (split->type != frame_type::server_denies) return errc::unexpected_frame;
    const auto reason = in.string(handshake_message_max);
    if (!in.ok()) return errc::malformed;
    return handshake_frame(refused{std::string(reason)});
}

std::string make_auth_header(const identity::secret_key& key, const exported_key& exported) {
    const bytes_view all(exported);
    byte_buffer out;
    wire::postcard_writer writer(out);
    write_signed_id(writer, key, all.first(exported_size / 2));
    writer.fixed(all.subspan(exported_size / 2));
    return identity::to_base64url(out);
}

result<auth_header> decode_auth_header(std::string_view text) {
    constexpr std::size_t text_max = 256;  // 151 are used
    if (text.size() > text_max) return errc::malformed;
    const auto bytes = identity::from_base64url(text);
    if (!bytes) return errc::malformed;
    wire::postcard_reader in(as_bytes(*bytes));
    const auto read = read_signed_id(in);
    if (!read) return read.error();
    const auto suffix = in.array<exported_size / 2>();
    if (!in.ok()) return errc::malformed;
    return auth_header{read->id, read->signed_by, suffix};
}

bool is_proof(const auth_header& header, const exported_key& exported) {
    const bytes_view all(exported);
    return std::ranges::equal(header.suffix, all.subspan(exported_size / 2))
           && identity::verify(header.id, all.first(exported_size / 2), header.signed_by);
}

}  // namespace meshhost::relay::proto
