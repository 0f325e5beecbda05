// SPDX-License-Identifier: Apache-2.0
#include "base/http_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

namespace meshhost {

namespace {

constexpr std::size_t url_size_max = 2048;

}  // namespace

std::string http_url::authority() const {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port);
}

std::optional<http_url> parse_http_url(std::string_view text) {
    // Without "//", Boost 1.81 trips over "https:?", by an assertion.
    const auto colon = text.find(':');
    if (text.size() > url_size_max || colon == std::string_view::npos
        || text.substr(colon, 3) != "://")
        return std::nullopt;
    const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
    if (!parsed || parsed->scheme_id() != boost::urls::scheme::http) return std::nullopt;
    if (parsed->encoded_host().empty() || parsed->has_userinfo() || parsed->has_query()
        || parsed->has_fragment())
        return std::nullopt;
    http_url out;
    out.host = parsed->host_address();
    if (!parsed->port().empty()) out.port = parsed->port_number();
    out.path = std::string(parsed->encoded_path());
    // And Boost takes "http://a:443b/" for the host "a" and a path.
    if (out.port == 0 || (!out.path.empty() && out.path.front() != '/')) return std::nullopt;
    while (out.path.ends_with('/'))
        out.path.pop_back();
    return out;
}

}  // namespace meshhost
