// SPDX-License-Identifier: Apache-2.0
#include "observe/request_policy.hpp"

#include "base/ascii.hpp"
#include "base/list_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::observe {

namespace {

constexpr std::size_t shown_max = 80;  ///< of what a stranger said

failure foreign(const char* code, const char* what, std::string_view said, std::string_view ours) {
    return {
        exit_code::not_permitted,
        code,
        fmt::format("the {} \"{}\" is not this dashboard's", what, said.substr(0, shown_max)),
        fmt::format("open {}/", ours)};
}

bool has_port(std::string_view authority) {
    const auto colon = authority.rfind(':');
    return colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
}

}  // namespace

request_policy::request_policy(const served_at& where)
    : is_secure_(where.is_secure)
    , cookie_(fmt::format("meshhost_session_{}", where.bound.port)) {
    const auto port = fmt::format(":{}", where.bound.port);
    for (const auto& name : where.names)
        add(name, has_port(name) ? "" : port);
    const auto bound = where.bound.to_string();
    if (!where.bound.is_unspecified()) add(bound.substr(0, bound.rfind(':')), port);
    add("localhost", port);
    add("127.0.0.1", port);
    origin_ = (is_secure_ ? "https://" : "http://") + hosts_.front();
}

void request_policy::add(std::string_view name, const std::string& port) {
    hosts_.push_back(in_lower_case(name) + port);
    const char* const usual = is_secure_ ? ":443" : ":80";  // browsers leave it out
    if (port == usual) hosts_.push_back(in_lower_case(name));
}

/// Names of machines know no case (RFC 9110 section 4.2.3).
bool request_policy::is_ours(std::string_view authority) const {
    return std::find(hosts_.begin(), hosts_.end(), in_lower_case(authority)) != hosts_.end();
}

std::optional<failure> request_policy::object(const http::request& asked) const {
    const auto host = http::header(asked, "host");
    if (!is_ours(host)) return foreign("E_FOREIGN_HOST", "host", host, origin_);
    const auto origin = http::header(asked, "origin");
    const std::string_view scheme = is_secure_ ? "https://" : "http://";
    const bool is_foreign =
        !origin.empty() && (!origin.starts_with(scheme) || !is_ours(origin.substr(scheme.size())));
    if (is_foreign) return foreign("E_FOREIGN_ORIGIN", "origin", origin, origin_);
    return std::nullopt;
}

std::string_view request_policy::session_of(const http::request& asked) const {
    std::string_view session;
    const auto is_ours = [&](std::string_view pair) {
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != cookie_) return false;
        session = pair.substr(equals + 1);
        return true;
    };
    any_part(http::header(asked, "cookie"), is_ours, ';');
    return session;
}

}  // namespace meshhost::observe
