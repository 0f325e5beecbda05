// SPDX-License-Identifier: Apache-2.0
#pragma once
// Posts to an HTTP server over TCP from the shard's loop, and never blocks it.
#include "base/error.hpp"
#include "base/http_url.hpp"
#include "base/time.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net

namespace meshhost::http {

struct post_request {
    std::string path;
    std::string content_type;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers = {};
};

struct post_answer {
    unsigned status = 0;
    std::optional<duration> retry_after = {};  ///< where it is in seconds (RFC 9110 §10.2.3)
    std::string body = {};                     ///< up to body_max
};

/// One request at a time; the connection is kept where the server keeps it. Destroying it ends a
/// request, whose teller is not called then. One thread: the shard's, which outlives it; a name is
/// looked up on a thread of Asio's.
class http_poster {
public:
    static constexpr std::size_t body_max = 4u << 20;  ///< of an answer
    static constexpr std::size_t header_max = 16u << 10;

    /// `timeout` is for all of a request.
    http_poster(net::shard& shard, http_url to, duration timeout);
    http_poster(const http_poster&) = delete;
    http_poster& operator=(const http_poster&) = delete;
    ~http_poster();

    /// Called once, never from inside post(). Errors: E_UNREACHABLE, E_TIMEOUT, E_BAD_ANSWER.
    using teller = std::function<void(const outcome<post_answer>&)>;
    /// Not while another is under way.
    void post(post_request request, teller tell);

    /// What it holds of the process: a socket, and a thread where a name has to be looked up.
    bool has_socket() const noexcept;
    bool has_thread() const noexcept;

private:
    struct connection;

    net::shard& shard_;
    http_url to_;
    duration timeout_;
    std::shared_ptr<connection> connection_;
};

}  // namespace meshhost::http
