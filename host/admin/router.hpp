// SPDX-License-Identifier: Apache-2.0
#pragma once
// The table of paths: finds who answers a request. Serves the unix socket and, with fewer paths,
// other hosts (mesh/introspect/1).
#include "admin/replies.hpp"
#include "http/http_server.hpp"

#include <functional>
#include <string>
#include <vector>

namespace meshhost::admin {

/// Filled once, then it answers. One thread: the shard's.
class router final : public http::request_handler {
public:
    using handler = std::function<void(const http::request& asked, const answer_ptr& answer)>;

    /// Precondition: nothing else is at this method and path.
    void add(std::string method, std::string path, handler handle);
    /// Every path that begins with `prefix`, whatever the method.
    void add_below(std::string prefix, handler handle);

    void on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) override;
    http::response describe_fault(unsigned status, std::string_view reason) override;

private:
    struct route {
        std::string method;
        std::string path;
        handler handle;
    };

    std::vector<route> routes_;
    std::vector<route> below_;  ///< the path is a prefix
};

}  // namespace meshhost::admin
