// SPDX-License-Identifier: Apache-2.0
#pragma once
// /v1/via/NODE/REST: the same question, answered by another host of the mesh.
#include "admin/host_view.hpp"
#include "admin/replies.hpp"
#include "introspect/asker.hpp"

#include <string>
#include <string_view>

namespace meshhost::admin {

struct via_target {
    std::string node;  ///< a name, the start of an id, or "role/N"
    std::string path;  ///< "/v1/REST"
};

/// Errors: E_BAD_REQUEST, also for a REST that would make the other host ask others.
outcome<via_target> parse_via(std::string_view path);

/// One thread: the shard's. The references outlive it; `own` answers for this host.
class via_route {
public:
    /// Of an answer in one piece.
    static constexpr std::size_t answer_max = 4u << 20;
    /// Of a stream's bytes that our client has not read: then the other host has to wait.
    static constexpr std::size_t unread_max = 64u << 10;

    via_route(const host_view& view, introspect::asker& asker, http::request_handler& own)
        : view_(view)
        , asker_(asker)
        , own_(own) {}

    void on_request(const http::request& asked, const answer_ptr& answer);

private:
    const host_view& view_;
    introspect::asker& asker_;
    http::request_handler& own_;
};

}  // namespace meshhost::admin
