// SPDX-License-Identifier: Apache-2.0
#pragma once
// A request and its answer as the rest of the host sees them: no Beast.
#include "http/query.hpp"

#include <string>

namespace meshhost::http {

struct request {
    std::string method;  ///< "GET", "POST", ... as sent
    std::string path;    ///< of the target, without the query; as sent
    std::string body;
    query_map query;  ///< a client writes it behind the path instead
};

struct response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
};

inline constexpr const char* content_type_json = "application/json";
inline constexpr const char* content_type_ndjson = "application/x-ndjson";

}  // namespace meshhost::http
