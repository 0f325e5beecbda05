// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.stream/1 on the host's side: the ALPNs, connections and streams of one instance.
#include "net/deadline_timer.hpp"
#include "plugin/proto/grants.hpp"
#include "plugin/services/held_connection.hpp"
#include "plugin/services/held_stream.hpp"
#include "plugin/services/mesh_services.hpp"
#include "transport/accept_route.hpp"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace meshhost::plugin {

/// One thread: the shard's. `mesh` has an endpoint; it, `to` and `granted` outlive the service,
/// whose end closes all that it holds.
class stream_service final : net::deadline_sink, held_stream_owner, held_connection_owner {
public:
    stream_service(
        net::shard& shard,
        const mesh_services& mesh,
        downlink& to,
        const proto::grants& granted
    );
    stream_service(const stream_service&) = delete;
    stream_service& operator=(const stream_service&) = delete;
    ~stream_service();

    void take(proto::up::listen_wanted&& said);
    void take(proto::up::listen_over&& said);
    void take(proto::up::dial_wanted&& said);
    void take(proto::up::connection_accepted&& said);
    void take(proto::up::connection_closed&& said);
    void take(proto::up::stream_wanted&& said);
    void take(proto::up::stream_written&& said);
    void take(proto::up::stream_taken&& said);
    void take(proto::up::stream_given_up&& said);
    void take(proto::up::streams_over&& said);

    /// From now on nobody gets in.
    void drain() noexcept { is_draining_ = true; }

    /// For the audit.
    std::vector<const transport::connection*> owned() const;
    std::vector<std::string> alpns() const;
    std::size_t connections() const noexcept { return connections_.size(); }
    std::size_t streams() const noexcept { return streams_.size(); }
    std::size_t unread() const noexcept { return unread_; }
    std::size_t unsent() const noexcept { return unsent_; }

private:
    struct listener {
        proto::up::listen_wanted terms;
        std::size_t connections = 0;
        std::unique_ptr<transport::accept_route> route;
    };
    using connection_ptr = std::shared_ptr<held_connection>;
    using stream_ptr = std::shared_ptr<held_stream>;

    // net::deadline_sink
    void on_deadline(time_point now) override;
    // held_stream_owner
    void on_stream_dirty(held_stream& stream) override;
    bool on_stream_received(held_stream& stream, std::size_t bytes) override;
    void on_stream_read(std::size_t bytes) override { unread_ -= bytes; }
    bool on_stream_written(std::size_t bytes) override;
    void on_stream_sent(std::size_t bytes) override { unsent_ -= bytes; }
    void say(proto::down_message message) override { to_.send(std::move(message)); }
    // held_connection_owner
    void on_connection_up(held_connection& connection) override;
    void on_connection_stream(
        held_connection& connection,
        std::shared_ptr<transport::stream> opened
    ) override;
    void on_connection_room(held_connection& connection) override;
    void on_connection_closed(held_connection& connection, const transport::close_reason& reason)
        override;

    bool may_use(const std::string& alpn) const;
    void accept(listener& at, std::shared_ptr<transport::connection> incoming);
    void announce(const held_stream& stream);
    void open_waiting(held_connection& connection);
    void drop(proto::link_number connection);
    void drop_stream(std::map<proto::link_number, stream_ptr>::iterator stream);
    void close_all(std::uint64_t code, std::string_view reason);
    void flush();
    held_connection* find_connection(proto::link_number number);
    held_stream* find_stream(proto::link_number number);
    held_stream& most_unread();
    std::vector<stream_ptr> streams_of(proto::link_number connection) const;

    net::shard& shard_;
    const mesh_services& mesh_;
    downlink& to_;
    const proto::grants& granted_;
    std::map<proto::link_number, listener> listeners_;
    std::map<proto::link_number, connection_ptr> connections_;
    std::map<proto::link_number, stream_ptr> streams_;
    std::deque<std::pair<time_point, proto::link_number>> unanswered_;  ///< by deadline
    std::set<proto::link_number> dirty_;
    std::size_t unread_ = 0;
    std::size_t unsent_ = 0;
    proto::link_number last_number_ = proto::host_number;
    bool is_flush_due_ = false;
    bool is_draining_ = false;
    net::deadline_timer answer_timer_;
    std::shared_ptr<stream_service*> self_;  ///< for what is posted: null when it is gone
};

}  // namespace meshhost::plugin
