// SPDX-License-Identifier: Apache-2.0
#include "transport/accept_route.hpp"

#include <utility>

namespace meshhost::transport {

/// The transport keeps a share of its handlers; this one outlives its route harmlessly.
class accept_route::handler final : public protocol_handler {
public:
    explicit handler(on_accept accept)
        : accept_(std::move(accept)) {}

    void detach() noexcept { accept_ = nullptr; }

    void on_connection(std::shared_ptr<connection> incoming) override {
        if (accept_) accept_(std::move(incoming));
    }

private:
    on_accept accept_;
};

accept_route::accept_route(alpn_router& router, std::string alpn, on_accept accept)
    : router_(router)
    , alpn_(std::move(alpn))
    , handler_(std::make_shared<handler>(std::move(accept))) {
    router_.add(alpn_, handler_);
}

accept_route::~accept_route() {
    router_.remove(alpn_);
    handler_->detach();
}

}  // namespace meshhost::transport
