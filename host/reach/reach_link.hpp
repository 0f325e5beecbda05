// SPDX-License-Identifier: Apache-2.0
#pragma once
// The talk with one peer about a better path: a connection of its own, which stays at the relay,
// one stream on it, and the machine that decides (docs/wire/punch.md).
#include "nat/proto/puncher.hpp"
#include "transport/connection.hpp"

#include <memory>
#include <optional>
#include <string>

namespace meshhost::reach {

inline constexpr const char* reach_alpn = "mesh/reach/1";

class reach_link;

/// Called on the shard's thread, from inside the connection's and the stream's events.
class reach_link_owner {
public:
    /// There is a machine now.
    virtual void on_link_up(reach_link& link) = 0;
    /// The machine may have actions, and another deadline.
    virtual void on_link_turn(reach_link& link) = 0;
    virtual time_point now() const = 0;
    /// The last word. `speaks`: the peer has this protocol, or may have.
    virtual void on_link_down(reach_link& link, bool speaks) = 0;

protected:
    ~reach_link_owner() = default;
};

/// Owned by its owner and, until it is closed, by the connection. detach() before the owner goes.
class reach_link final : public transport::connection_handler,
                         public transport::stream_handler,
                         public std::enable_shared_from_this<reach_link> {
public:
    reach_link(
        reach_link_owner& owner,
        identity::endpoint_id peer,
        std::string relay,
        nat::proto::punch_role role
    )
        : owner_(&owner)
        , peer_(peer)
        , relay_(std::move(relay))
        , role_(role) {}

    /// Of a dial: before anything comes of it.
    void attach(std::shared_ptr<transport::connection> dialled) {
        connection_ = std::move(dialled);
    }
    /// Of one that came, from inside the route that accepts it.
    void accept(std::shared_ptr<transport::connection> incoming);
    void detach();

    const identity::endpoint_id& peer() const noexcept { return peer_; }
    const std::string& relay() const noexcept { return relay_; }
    nat::proto::punch_role role() const noexcept { return role_; }
    nat::proto::puncher* machine() noexcept { return machine_ ? &*machine_ : nullptr; }
    const nat::proto::puncher* machine() const noexcept { return machine_ ? &*machine_ : nullptr; }
    const transport::connection* connection() const noexcept { return connection_.get(); }

    /// To the end of what is to be sent.
    void send(bytes_view control);
    /// The stream is given up; the connection goes on, so that nothing begins anew.
    void give_up_stream();

private:
    void on_connected(transport::connection& connection) override;
    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override;
    void on_closed(transport::connection&, const transport::close_reason& reason) override;
    void on_data(transport::stream& from, bytes_view data, bool fin) override;
    void on_writable(transport::stream&) override { flush(); }
    void on_closed(transport::stream&, transport::stream_end, std::uint64_t) override;

    bool make_machine(transport::connection& connection);
    void flush();

    reach_link_owner* owner_;
    identity::endpoint_id peer_;
    std::string relay_;
    nat::proto::punch_role role_;
    std::shared_ptr<transport::connection> connection_;
    std::shared_ptr<transport::stream> control_;
    std::optional<nat::proto::puncher> machine_;
    byte_buffer unsent_;
};

}  // namespace meshhost::reach
