// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which requests a browser may send here: none that another site made it send. Pure.
#include "base/error.hpp"
#include "http/http_message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::observe {

/// Names under which a listener is reached: against DNS rebinding, no other Host is answered.
class request_policy {
public:
    /// `bound`: "127.0.0.1:7780".
    explicit request_policy(const std::string& bound);

    /// What is wrong with where a request comes from: E_FOREIGN_HOST, E_FOREIGN_ORIGIN
    /// (not_permitted).
    std::optional<failure> object(const http::request& asked) const;

    /// Of our cookie. Cookies know no ports: another observer on this machine has another name.
    const std::string& cookie() const noexcept { return cookie_; }
    /// Its value; empty when there is none.
    std::string_view session_of(const http::request& asked) const;

private:
    bool is_ours(std::string_view authority) const;

    std::vector<std::string> hosts_;
    std::string cookie_;
};

}  // namespace meshhost::observe
