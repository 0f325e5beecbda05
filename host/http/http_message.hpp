// SPDX-License-Identifier: Apache-2.0
#pragma once
// A request and its answer as the rest of the host sees them: no Beast.
#include "base/ip_endpoint.hpp"
#include "http/query.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshhost::http {

/// Names in lower case, in the order in which they came; a name may be there twice.
using header_list = std::vector<std::pair<std::string, std::string>>;

struct request {
    std::string method;  ///< "GET", "POST", ... as sent
    std::string path;    ///< of the target, without the query; as sent
    std::string body;
    query_map query;           ///< a client writes it behind the path instead
    header_list headers = {};  ///< of requests that were received; a client sends none of them
    std::optional<ip_endpoint> client = {};  ///< where one that was received came from, if by TCP
};

/// The first header of that name (in lower case); empty when there is none.
inline std::string_view header(const request& asked, std::string_view name) {
    for (const auto& [each, value] : asked.headers)
        if (each == name) return value;
    return {};
}

struct response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    header_list headers = {};  ///< besides those of content, length and connection
};

inline constexpr const char* content_type_json = "application/json";
inline constexpr const char* content_type_ndjson = "application/x-ndjson";

}  // namespace meshhost::http
