// SPDX-License-Identifier: Apache-2.0
#pragma once
// The HTTP request that makes a connection a relay's: which are taken, and of what version. What
// iroh-relay checks, in its order; RFC 6455 section 4.2.1 has more.
#include "relay/proto/relay_message.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace meshhost::relay::proto {

inline constexpr std::string_view relay_path = "/relay";
inline constexpr std::string_view subprotocol_v1 = "iroh-relay-v1";
inline constexpr std::string_view subprotocol_v2 = "iroh-relay-v2";
/// Bytes of TCP in a packet, with which it fits any way that IPv6 may take (RFC 8200 §5: 1280) and
/// most tunnels. QUIC inside of it needs no more; larger ones vanish where nobody says that they
/// are too long, and TCP would send them for ever.
inline constexpr int segment_max = 1220;
/// As a client offers them.
inline constexpr std::string_view subprotocols_offered = "iroh-relay-v2, iroh-relay-v1";

/// Names in lower case.
using upgrade_headers = std::span<const std::pair<std::string, std::string>>;

/// The highest version in a Sec-WebSocket-Protocol list; nullopt: none that we speak.
std::optional<relay_version> choose_version(std::string_view offered);
std::string_view subprotocol(relay_version version) noexcept;

struct upgrade_verdict {
    unsigned status = 101;  ///< or 400, and why:
    std::string reason = {};
    bool names_version = false;  ///< a Sec-WebSocket-Version header belongs to the answer
    relay_version version = relay_version::v2;
    std::string_view websocket_key = {};  ///< borrowed from the headers, as are those below
    std::string_view client_auth = {};    ///< the proof of relay_handshake.hpp; may be empty
};
/// Of a GET of relay_path.
upgrade_verdict judge_upgrade(upgrade_headers headers);

/// Of "Authorization: Bearer X"; else `in_query`, which is ?token= for browsers.
std::string_view presented_token(upgrade_headers headers, std::string_view in_query);

/// The answer to a captive portal check: "response " and what was asked; nullopt unless that is 1
/// to 63 characters of [A-Za-z0-9._-].
std::optional<std::string> answer_portal_check(std::string_view challenge);

}  // namespace meshhost::relay::proto
