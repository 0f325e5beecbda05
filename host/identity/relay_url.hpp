// SPDX-License-Identifier: Apache-2.0
#pragma once
// The URL of a relay, in the one form in which iroh writes it.
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::identity {

/// Longer URLs are refused; a host name has at most 253 characters, the rest is a guess.
inline constexpr std::size_t relay_url_length_max = 512;

/// The WHATWG form of an http, https, ws or wss URL: scheme and host in lower case, no port that
/// the scheme implies, "/" for an empty path ("https://use1-1.relay.n0.iroh.link./").
/// nullopt when `text` is no such URL or has no host.
std::optional<std::string> normalise_relay_url(std::string_view text);

}  // namespace meshhost::identity
