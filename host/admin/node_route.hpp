// SPDX-License-Identifier: Apache-2.0
#pragma once
// GET /v1/node?id=NODE: what is known here of one node, and its figures, fresh from itself.
#include "admin/host_view.hpp"
#include "admin/replies.hpp"
#include "introspect/asker.hpp"

namespace meshhost::admin {

/// One thread: the shard's. The references outlive it.
class node_route {
public:
    node_route(const host_view& view, introspect::asker& asker)
        : view_(view)
        , asker_(asker) {}

    void on_request(const http::request& asked, const answer_ptr& answer);

private:
    const host_view& view_;
    introspect::asker& asker_;
};

}  // namespace meshhost::admin
