// SPDX-License-Identifier: Apache-2.0
#include "relay/relay_target.hpp"

#include "identity/relay_url.hpp"
#include "relay/proto/relay_upgrade.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace meshhost::relay {

std::optional<relay_target> parse_relay_target(std::string_view url) {
    const auto normal = identity::normalise_relay_url(url);
    if (!normal) return {};
    const auto parsed = boost::urls::parse_uri({normal->data(), normal->size()});
    if (!parsed) return {};
    const auto scheme = parsed->scheme_id();
    relay_target out;
    out.is_secure = scheme == boost::urls::scheme::https || scheme == boost::urls::scheme::wss;
    out.host = parsed->host_address();
    if (out.host.empty()) return {};
    const bool names_port = !parsed->port().empty();
    out.port = names_port ? parsed->port_number() : std::uint16_t(out.is_secure ? 443 : 80);
    out.authority = std::string(parsed->encoded_host());
    if (names_port) out.authority += ":" + std::to_string(out.port);
    out.path = proto::relay_path;
    if (parsed->has_query()) out.path += "?" + std::string(parsed->encoded_query());
    return out;
}

}  // namespace meshhost::relay
