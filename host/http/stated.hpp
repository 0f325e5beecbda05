// SPDX-License-Identifier: Apache-2.0
#pragma once
// Media types and codings that a client says it sends or takes, with their parameters and weights
// (RFC 9110 sections 5.6.6, 8.3 and 12.4.2). Pure.
#include "http/http_message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshhost::http {

struct stated {
    std::string name;  ///< in lower case: "application/json", "gzip", "*/*"
    /// Names in lower case, values without their quotes; the weight is none of them.
    std::vector<std::pair<std::string, std::string>> parameters = {};
    int weight = 1000;  ///< thousandths; 0: not this one

    /// nullptr: it says none.
    const std::string* parameter(std::string_view key) const;
};

/// Of "text/html; level=1; q=0.5". nullopt: it is none.
std::optional<stated> parse_stated(std::string_view text);

/// All that headers of that name (in lower case) list, in their order; what is none is left out.
std::vector<stated> all_stated(const request& asked, std::string_view name);

}  // namespace meshhost::http
