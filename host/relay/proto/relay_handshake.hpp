// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a client proves its key to a relay. Two ways:
//
//   challenge   0: 16 random bytes ─→ client ─→ 1: id 32 ‖ 40 ‖ signature 64, over
//               BLAKE3::derive_key("iroh-relay handshake v1 challenge signature", the 16 bytes)
//   exporter    an HTTP header, when the relay itself ends the client's TLS: 32 bytes are exported
//               (RFC 8446 section 7.5) with the label below and the client's id as context; the
//               first 16 are signed, the last 16 show that both ends exported the same.
//               base64url(id 32 ‖ 40 ‖ signature 64 ‖ last 16)
//
// then 2: you are in, or 3: you are not, and why.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "identity/secret_key.hpp"
#include "relay/proto/relay_message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace meshhost::relay::proto {

inline constexpr std::size_t challenge_size = 16;
inline constexpr std::size_t exported_size = 32;
inline constexpr std::string_view exporter_label = "iroh-relay handshake v1";
inline constexpr std::string_view auth_header_name = "x-iroh-relay-client-auth-v1";
/// Of a message from a client before it is known, and of a refusal's text.
inline constexpr std::size_t handshake_message_max = 1024;

using challenge = std::array<std::uint8_t, challenge_size>;
using exported_key = std::array<std::uint8_t, exported_size>;

// --- the relay's side
byte_buffer encode_challenge(const challenge& asked);
byte_buffer encode_confirmation();
/// Cut to handshake_message_max.
byte_buffer encode_refusal(std::string_view reason);
/// Who signed `asked`. Errors: of split_frame(), unexpected_frame, malformed, bad_endpoint_id,
/// bad_signature.
result<identity::endpoint_id> check_client_auth(
    std::span<std::uint8_t> message,
    const challenge& asked
);

// --- the client's side
byte_buffer sign_challenge(const identity::secret_key& key, const challenge& asked);
struct confirmed {};
struct refused {
    std::string reason;
};
using handshake_frame = std::variant<challenge, confirmed, refused>;
/// Errors: of split_frame(), unexpected_frame, malformed.
result<handshake_frame> decode_handshake_frame(std::span<std::uint8_t> message);

// --- the header
struct auth_header {
    identity::endpoint_id id;
    identity::signature signed_by;
    std::array<std::uint8_t, exported_size / 2> suffix;
};
std::string make_auth_header(const identity::secret_key& key, const exported_key& exported);
/// Errors: malformed, bad_endpoint_id.
result<auth_header> decode_auth_header(std::string_view text);
/// Whether it was made on the connection that `exported` was exported from.
bool is_proof(const auth_header& header, const exported_key& exported);

}  // namespace meshhost::relay::proto
