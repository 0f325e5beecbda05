// SPDX-License-Identifier: Apache-2.0
#include "identity/relay_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

namespace meshhost::identity {

namespace {

namespace urls = boost::urls;

bool is_spoken_by_relays(urls::scheme scheme) noexcept {
    switch (scheme) {
    case urls::scheme::http:
    case urls::scheme::https:
    case urls::scheme::ws:
    case urls::scheme::wss:
        return true;
    default:
        return false;
    }
}

}  // namespace

std::optional<std::string> normalise_relay_url(std::string_view text) {
    if (text.size() > relay_url_length_max) return std::nullopt;
    // Without "//", Boost 1.81 trips over "https:?", by an assertion.
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || text.substr(colon, 3) != "://") return std::nullopt;
    const auto parsed = urls::parse_uri({text.data(), text.size()});
    if (!parsed || !is_spoken_by_relays(parsed->scheme_id())) return std::nullopt;
    if (parsed->encoded_host().empty()) return std::nullopt;
    // And it takes "https://a:443b.example/" for the host "a", the port 443 and a path.
    const auto path = parsed->encoded_path();
    if (!path.empty() && path.front() != '/') return std::nullopt;
    const bool names_port = !parsed->port().empty();
    const std::uint16_t port = parsed->port_number();
    if (names_port && port == 0) return std::nullopt;  // 0, or beyond 65535

    urls::url url = *parsed;
    if (!names_port || port == urls::default_port(url.scheme_id())) url.remove_port();
    url.normalize_scheme();
    url.normalize_authority();
    if (path.empty()) url.set_path_absolute(true);
    return std::string(url.buffer());
}

}  // namespace meshhost::identity
