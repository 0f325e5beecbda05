// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a relay answers to HTTP requests that are no relay connections.
#include "http/http_message.hpp"

#include <cstdint>
#include <string>

namespace meshhost::relayd {

/// Counted since the start.
struct http_stats {
    std::uint64_t connections = 0;  ///< accepted by the kernel and by us
    std::uint64_t refused = 0;      ///< over a limit: closed without a word
    std::uint64_t closed = 0;
    std::uint64_t errored = 0;  ///< no TLS, or no HTTP
    std::uint64_t late = 0;     ///< said not enough in time
    std::uint64_t requests = 0;
    std::uint64_t upgrades = 0;
};

struct page {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body = {};
    http::header_list headers = {};
};

/// The same at every relay: /, /index.html, /ping, /healthz, /generate_204, /robots.txt; 404 for
/// the rest and 405 for what is not GET or HEAD.
page relay_page(const http::request& asked);
/// Of a relay that wants another kind of request.
page bad_request(std::string reason);

/// Head and body as they are written, for a connection that ends behind them.
std::string write_page(const page& answer, bool is_head, bool is_secure);

}  // namespace meshhost::relayd
