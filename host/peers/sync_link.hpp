// SPDX-License-Identifier: Apache-2.0
#pragma once
// One connection of `mesh/sync/1`: a single comparison of registries with a neighbour, on a single
// stream. Knows bytes, flow control and a deadline; what is compared is in proto/sync_exchange.
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "peers/proto/sync_exchange.hpp"
#include "transport/connection.hpp"
#include "transport/unsent_bytes.hpp"

#include <memory>

namespace meshhost::peers {

class sync_link;

class sync_link_sink {
public:
    /// The dialled connection is up: call open().
    virtual void on_sync_connected(sync_link& link) = 0;
    /// The peer opened a stream: call accept().
    virtual void on_sync_stream(sync_link& link, std::shared_ptr<transport::stream> opened) = 0;
    /// Bytes for the link's exchange.
    virtual void on_sync_data(sync_link& link, bytes_view data) = 0;
    /// Last: finished, failed, or cut off.
    virtual void on_sync_ended(sync_link& link) = 0;

protected:
    ~sync_link_sink() = default;
};

/// Lifecycle: made for a dial or an accepted connection; kept by the connection and the service
/// until on_sync_ended; detach() when the service goes first. One thread: the shard's.
class sync_link final : public transport::connection_handler,
                        public transport::stream_handler,
                        private net::deadline_sink {
public:
    sync_link(
        net::shard& shard,
        sync_link_sink& sink,
        proto::sync_exchange exchange,
        duration patience
    );

    void attach(std::shared_ptr<transport::connection> connection) {
        connection_ = std::move(connection);
    }
    void detach() noexcept { sink_ = nullptr; }

    /// Begins the exchange on a stream of ours. `self` is this link, which the stream keeps.
    void open(std::shared_ptr<sync_link> self);
    /// Answers on the peer's, if it may open one.
    void accept(std::shared_ptr<transport::stream> opened, std::shared_ptr<sync_link> self);

    proto::sync_exchange& exchange() noexcept { return exchange_; }
    /// Of an attached one.
    const transport::connection& connection() const noexcept { return *connection_; }
    /// Sends what there is to send, and closes what is over.
    void pump();
    void close();

    void on_connected(transport::connection&) override;
    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override;
    void on_closed(transport::connection&, const transport::close_reason&) override;

    void on_data(transport::stream& from, bytes_view data, bool fin) override;
    void on_writable(transport::stream&) override { pump(); }
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override;

private:
    void on_deadline(time_point) override { close(); }

    sync_link_sink* sink_;
    proto::sync_exchange exchange_;
    std::shared_ptr<transport::connection> connection_;
    std::shared_ptr<transport::stream> stream_;
    transport::unsent_bytes unsent_;  ///< at most a frame
    net::deadline_timer timer_;
};

}  // namespace meshhost::peers
