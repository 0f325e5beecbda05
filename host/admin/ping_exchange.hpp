// SPDX-License-Identifier: Apache-2.0
#pragma once
// POST /v1/ping: reads the request, and streams the replies as they come, one JSON line each, with
// a summary (meshhost.ping/1) or an error envelope as the last line.
#include "admin/host_view.hpp"
#include "http/http_server.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace meshhost::admin {

/// {"peer", "count"?, "interval_ms"?, "size"?, "timeout_ms"?}. Errors: E_BAD_REQUEST (usage).
outcome<ping_request> parse_ping_request(std::string_view body);

class ping_exchange final : public ping_sink {
public:
    ping_exchange(ping_request request, std::shared_ptr<http::exchange> answer);

    bool on_reply(const ping_reply& reply) override;
    void on_done(const std::optional<failure>& fault) override;

private:
    boost::json::object summary() const;

    ping_request request_;
    std::shared_ptr<http::exchange> answer_;
    unsigned sent_ = 0;
    std::vector<duration> rtts_;
    path_snapshot path_;  ///< of the last reply
    bool is_streaming_ = false;
};

}  // namespace meshhost::admin
