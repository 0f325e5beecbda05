// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a collector listens: "http://127.0.0.1:4318/base".
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost {

struct http_url {
    std::string host;  ///< a name, or an address; IPv6 without brackets
    std::uint16_t port = 80;
    std::string path;  ///< without a slash at the end; may be empty
    friend bool operator==(const http_url&, const http_url&) = default;

    /// host and port, as a Host field has them (RFC 9110 §7.2).
    std::string authority() const;
};

/// RFC 3986, of the scheme http; user, query and fragment are none. nullopt: something else.
std::optional<http_url> parse_http_url(std::string_view text);

}  // namespace meshhost
