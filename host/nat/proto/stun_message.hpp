// SPDX-License-Identifier: Apache-2.0
#pragma once
// Binding requests and their answers (RFC 8489), with what RFC 5780 adds to find out how a NAT
// behaves. Without credentials: MESSAGE-INTEGRITY is passed over.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "nat/proto/stun_errc.hpp"

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace meshhost::nat::proto {

inline constexpr std::uint16_t stun_port = 3478;
inline constexpr std::size_t stun_header_bytes = 20;
/// Longer ones are not read: nobody sends more than an IPv6 packet that needs no discovery of the
/// path's MTU (RFC 8489 §6.1).
inline constexpr std::size_t stun_message_max = 1'280;
/// Attributes in a message: more are malformed (a guess; servers send about six).
inline constexpr std::size_t stun_attributes_max = 32;

/// Chosen so that nobody can guess it: what makes an answer credible.
using stun_transaction_id = std::array<std::uint8_t, 12>;

/// By its first bytes: 0 … 3, and the magic cookie. On a socket shared with QUIC the first byte
/// alone tells (RFC 9443 §3): both of QUIC's headers have a bit that STUN has not.
bool looks_like_stun(bytes_view datagram) noexcept;

struct stun_request {
    stun_transaction_id id{};
    /// CHANGE-REQUEST (RFC 5780 §7.2): the answer is to come from the server's other address or
    /// port. Servers that do not know it answer with an error.
    bool change_ip = false;
    bool change_port = false;
};

/// With a FINGERPRINT. At most 36 bytes: the answer may be longer.
byte_buffer encode_stun_request(const stun_request& request);

/// What an answer says; every address as it stands there, believed by nobody yet.
struct stun_answer {
    stun_transaction_id id{};
    std::uint16_t error = 0;            ///< ERROR-CODE, 300 … 699; 0: a success
    std::optional<ip_endpoint> mapped;  ///< XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS; of a success
    std::optional<ip_endpoint> origin;  ///< RESPONSE-ORIGIN: where the answer came from
    std::optional<ip_endpoint> other;   ///< OTHER-ADDRESS: where the server is, too
};

/// A Binding answer, whole and with nothing behind it. Attributes that need not be understood, and
/// those behind MESSAGE-INTEGRITY, are passed over; of several of a kind the first counts.
result<stun_answer> read_stun_answer(bytes_view datagram);

/// The id of a Binding request with a right FINGERPRINT: what we sent to ourselves, around a NAT,
/// comes as one.
result<stun_transaction_id> read_stun_request(bytes_view datagram);

/// What a server has to know of a Binding request.
struct binding_query {
    stun_transaction_id id{};
    bool has_fingerprint = false;
    /// Attributes that have to be understood (RFC 8489 §14) and that a server without credentials
    /// and without a second address does not; the first unknown_max, each once.
    std::vector<std::uint16_t> unknown;

    static constexpr std::size_t unknown_max = 4;
};

/// Of anybody. A FINGERPRINT may be missing, not wrong. Errors: not_stun, unexpected (no Binding
/// request), malformed, bad_fingerprint.
result<binding_query> read_binding_query(bytes_view datagram);

/// The answer to `query`: a success with the XOR-MAPPED-ADDRESS `mapped`, and OTHER-ADDRESS where
/// the server has one. With a FINGERPRINT when the query had one. At most 76 bytes.
byte_buffer encode_binding_success(
    const binding_query& query,
    const ip_endpoint& mapped,
    const std::optional<ip_endpoint>& other = {}
);

/// The same as an error, 300 … 699, with UNKNOWN-ATTRIBUTES where the query has some. At most 48
/// bytes.
byte_buffer encode_binding_error(const binding_query& query, unsigned code);

}  // namespace meshhost::nat::proto
