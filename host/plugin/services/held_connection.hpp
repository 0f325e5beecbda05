// SPDX-License-Identifier: Apache-2.0
#pragma once
// One connection that the host holds for an instance, dialled or accepted.
#include "plugin/proto/link_message.hpp"
#include "transport/connection.hpp"

#include <deque>
#include <memory>

namespace meshhost::plugin {

class held_connection;

class held_connection_owner {
public:
    virtual void on_connection_up(held_connection& connection) = 0;
    virtual void on_connection_stream(
        held_connection& connection,
        std::shared_ptr<transport::stream> opened
    ) = 0;
    /// Its streams may write, or be opened, that could not.
    virtual void on_connection_room(held_connection& connection) = 0;
    virtual void on_connection_closed(
        held_connection& connection,
        const transport::close_reason& reason
    ) = 0;

protected:
    ~held_connection_owner() = default;
};

/// Kept by the transport, too: silent after detach(). One thread: the shard's.
class held_connection final : public transport::connection_handler {
public:
    held_connection(
        held_connection_owner& owner,
        proto::link_number own_number,
        proto::link_number accepting,
        std::uint32_t streams_limit,
        std::uint64_t stream_window
    )
        : number(own_number)
        , listener(accepting)
        , streams_max(streams_limit)
        , window(stream_window)
        , owner_(&owner) {}

    const proto::link_number number;
    const proto::link_number listener;  ///< 0: dialled
    const std::uint32_t streams_max;
    const std::uint64_t window;  ///< of each stream
    std::shared_ptr<transport::connection> connection;
    bool is_answered = false;  ///< its streams are the instance's to know
    bool is_closing = false;
    std::size_t streams = 0;
    std::deque<proto::link_number> unopened;  ///< the peer allows no more for now

    void detach() noexcept { owner_ = nullptr; }

private:
    void on_connected(transport::connection&) override {
        if (owner_ != nullptr) owner_->on_connection_up(*this);
    }
    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override {
        if (owner_ != nullptr) owner_->on_connection_stream(*this, std::move(opened));
    }
    void on_send_low(transport::connection&) override {
        if (owner_ != nullptr) owner_->on_connection_room(*this);
    }
    void on_streams_granted(transport::connection&) override {
        if (owner_ != nullptr) owner_->on_connection_room(*this);
    }
    void on_closed(transport::connection&, const transport::close_reason& reason) override {
        if (owner_ != nullptr) owner_->on_connection_closed(*this, reason);
    }

    held_connection_owner* owner_;
};

}  // namespace meshhost::plugin
