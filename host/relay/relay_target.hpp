// SPDX-License-Identifier: Apache-2.0
#pragma once
// A relay's URL, taken apart into what connecting to it needs.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::relay {

struct relay_target {
    bool is_secure = true;
    std::string host;  ///< a name, or an address; an IPv6 one without brackets
    std::uint16_t port = 443;
    std::string authority;  ///< of the Host header
    std::string path;       ///< of the request: the relay's, and the URL's query
};

/// nullopt: identity::normalise_relay_url() takes it for none.
std::optional<relay_target> parse_relay_target(std::string_view url);

}  // namespace meshhost::relay
