// SPDX-License-Identifier: Apache-2.0
#pragma once
// Serves an ALPN for as long as it exists: for users who go before the endpoint does.
#include "transport/alpn_router.hpp"

#include <functional>

namespace meshhost::transport {

/// RAII. One thread: the shard's. The router outlives it.
class accept_route {
public:
    using on_accept = std::function<void(std::shared_ptr<connection> incoming)>;

    /// Preconditions: those of alpn_router::add. `accept` sets a handler, or refuses.
    accept_route(alpn_router& router, std::string alpn, on_accept accept);
    accept_route(const accept_route&) = delete;
    accept_route& operator=(const accept_route&) = delete;
    ~accept_route();

private:
    class handler;

    alpn_router& router_;
    std::string alpn_;
    std::shared_ptr<handler> handler_;
};

}  // namespace meshhost::transport
