// SPDX-License-Identifier: Apache-2.0
#pragma once
// The answering side of `mesh/introspect/1`: other members of the mesh ask what meshctl asks.
#include "base/log.hpp"
#include "base/log_budget.hpp"
#include "introspect/served_stream.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "transport/accept_route.hpp"
#include "transport/endpoint.hpp"

#include <functional>
#include <map>
#include <memory>

namespace meshhost::introspect {

/// What those who are admitted may ask.
enum class permission : std::uint8_t { none, read, all };

struct server_options {
    permission allow = permission::read;
    /// Requests that whoever may read may also make.
    std::vector<std::string> open_posts = {};
    byte_buffer mesh_secret;  ///< empty: being a member is enough
    serve_limits limits;
    logger log;
};

/// Who may connect at all: a node that is known here as a member of the mesh, and there.
using member_check = std::function<bool(const identity::endpoint_id& peer)>;

struct server_probe {
    std::size_t connections = 0;
    std::size_t streams = 0;
    std::uint64_t questions = 0;
    std::uint64_t refused = 0;  ///< connections, streams and questions
};

/// Serves while it exists. One thread: the shard's. `shard`, `endpoint` and `handler` outlive it.
class introspect_server final : private served_stream_sink, private net::deadline_sink {
public:
    introspect_server(
        net::shard& shard,
        transport::endpoint& endpoint,
        http::request_handler& handler,
        member_check is_member,
        server_options options
    );
    introspect_server(const introspect_server&) = delete;
    introspect_server& operator=(const introspect_server&) = delete;
    ~introspect_server();

    server_probe measure() const;
    /// The connections that are its own. For the audit.
    std::vector<const transport::connection*> owned() const;

private:
    class asker_session;
    using session_ptr = std::shared_ptr<asker_session>;

    void accept(std::shared_ptr<transport::connection> incoming);
    void on_stream(asker_session& from, std::shared_ptr<transport::stream> opened);
    void on_ended(asker_session& ended);
    void on_question(const std::shared_ptr<served_stream>& from, question asked) override;
    void on_served(served_stream& ended) override;
    void on_deadline(time_point now) override;

    std::optional<failure> refuse(const asker_session& from, const question& asked) const;
    std::size_t streams() const;
    std::size_t streams_of(const identity::endpoint_id& peer) const;
    void log_refusal(const identity::endpoint_id& peer, std::string_view why);
    void sweep_later();

    net::shard& shard_;
    transport::endpoint& endpoint_;
    http::request_handler& handler_;
    member_check is_member_;
    server_options options_;
    log_budget log_budget_;
    std::map<const transport::connection*, session_ptr> sessions_;
    std::uint64_t questions_ = 0;
    std::uint64_t refused_ = 0;
    net::deadline_timer sweeper_;
    transport::accept_route route_;
};

}  // namespace meshhost::introspect
