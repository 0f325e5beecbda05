// SPDX-License-Identifier: Apache-2.0
#pragma once
// One connection of `mesh/digest/1`: takes what the transport says to the service, and what the
// service says to the stream. Knows bytes and flow control; the protocol is in proto/.
#include "peers/proto/digest_link.hpp"
#include "transport/connection.hpp"
#include "transport/unsent_bytes.hpp"

#include <memory>
#include <optional>

namespace meshhost::peers {

/// Who owns the links.
class peer_link_sink {
public:
    /// The dialled connection is up.
    virtual void on_link_connected(proto::link_id link) = 0;
    /// The peer opened its stream.
    virtual void on_link_stream(proto::link_id link, std::shared_ptr<transport::stream> opened) = 0;
    virtual void on_link_data(proto::link_id link, bytes_view data) = 0;
    /// Everything that send() could not place before is placed now.
    virtual void on_link_writable(proto::link_id link) = 0;
    /// Last. `reason` is null while the connection stands and its only stream has ended.
    virtual void on_link_ended(proto::link_id link, const transport::close_reason* reason) = 0;

protected:
    ~peer_link_sink() = default;
};

/// Lifecycle: made for a dial or an accepted connection; kept by the connection and the service
/// until on_link_ended; detach() when the service goes first. Holds at most a few frames that did
/// not fit: the service stops sending at the first. One thread: the shard's.
class peer_link final : public transport::connection_handler, public transport::stream_handler {
public:
    peer_link(peer_link_sink& sink, proto::link_id id)
        : sink_(&sink)
        , id_(id) {}

    void attach(std::shared_ptr<transport::connection> connection) {
        connection_ = std::move(connection);
    }
    void attach(std::shared_ptr<transport::stream> stream) { stream_ = std::move(stream); }
    /// Nothing is told to the sink from here on.
    void detach() noexcept { sink_ = nullptr; }

    const std::shared_ptr<transport::connection>& connection() const noexcept {
        return connection_;
    }
    bool has_stream() const noexcept { return stream_ != nullptr; }

    /// Of one that was dialled: when; nullopt: accepted, or its end was told.
    void set_dialled(std::optional<time_point> at) noexcept { dialled_ = at; }
    const std::optional<time_point>& dialled() const noexcept { return dialled_; }

    /// False: some of it waits for the stream. Order is kept.
    bool send(bytes_view frame);

    void on_connected(transport::connection&) override;
    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override;
    void on_closed(transport::connection&, const transport::close_reason& reason) override;

    void on_data(transport::stream& from, bytes_view data, bool fin) override;
    void on_writable(transport::stream&) override;
    void on_closed(transport::stream&, transport::stream_end end, std::uint64_t code) override;

private:
    peer_link_sink* sink_;
    proto::link_id id_;
    std::shared_ptr<transport::connection> connection_;
    std::shared_ptr<transport::stream> stream_;
    transport::unsent_bytes unsent_;
    std::optional<time_point> dialled_;
};

}  // namespace meshhost::peers
