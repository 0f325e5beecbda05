// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which requests a browser may send here: none that another site made it send. Pure.
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "http/http_message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe {

/// Where a dashboard listens, and what browsers call it.
struct served_at {
    ip_endpoint bound;
    bool is_secure = false;          ///< over TLS
    std::vector<std::string> names;  ///< "mesh.example", as well with a port; in brackets: IPv6
};

/// Names under which a listener is reached: against DNS rebinding, no other Host is answered.
class request_policy {
public:
    explicit request_policy(const served_at& where);

    /// What is wrong with where a request comes from: E_FOREIGN_HOST, E_FOREIGN_ORIGIN
    /// (not_permitted).
    std::optional<failure> object(const http::request& asked) const;

    /// "https://mesh.example:7780", for links: the first of the names, else where it listens.
    const std::string& origin() const noexcept { return origin_; }
    bool is_secure() const noexcept { return is_secure_; }
    /// Of our cookie. Cookies know no ports: another observer on this machine has another name.
    const std::string& cookie() const noexcept { return cookie_; }
    /// Its value; empty when there is none.
    std::string_view session_of(const http::request& asked) const;

private:
    bool is_ours(std::string_view authority) const;
    void add(std::string_view name, const std::string& port);

    bool is_secure_;
    std::vector<std::string> hosts_;  ///< in lower case
    std::string origin_;
    std::string cookie_;
};

}  // namespace meshhost::observe
