// SPDX-License-Identifier: Apache-2.0
#include "observe/request_policy.hpp"

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
        fmt::format("open http://{}/", ours)};
}

}  // namespace

request_policy::request_policy(const std::string& bound)
    : hosts_{bound} {
    const auto port = bound.substr(bound.rfind(':'));
    hosts_.push_back("localhost" + port);
    hosts_.push_back("127.0.0.1" + port);
    if (port == ":80") {  // browsers leave the usual port out
        hosts_.push_back("localhost");
        hosts_.push_back(bound.substr(0, bound.rfind(':')));
    }
    cookie_ = "meshhost_session_" + port.substr(1);
}

bool request_policy::is_ours(std::string_view authority) const {
    return std::find(hosts_.begin(), hosts_.end(), authority) != hosts_.end();
}

std::optional<failure> request_policy::object(const http::request& asked) const {
    const auto host = http::header(asked, "host");
    if (!is_ours(host)) return foreign("E_FOREIGN_HOST", "host", host, hosts_.front());
    const auto origin = http::header(asked, "origin");
    constexpr std::string_view scheme = "http://";
    const bool is_foreign =
        !origin.empty() && (!origin.starts_with(scheme) || !is_ours(origin.substr(scheme.size())));
    if (is_foreign) return foreign("E_FOREIGN_ORIGIN", "origin", origin, hosts_.front());
    return std::nullopt;
}

std::string_view request_policy::session_of(const http::request& asked) const {
    std::string_view rest = http::header(asked, "cookie");
    while (!rest.empty()) {
        const auto end = std::min(rest.find(';'), rest.size());
        auto pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == cookie_)
            return pair.substr(equals + 1);
    }
    return {};
}

}  // namespace meshhost::observe
