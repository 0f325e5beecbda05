// SPDX-License-Identifier: Apache-2.0
#pragma once
// A connection that another host made to send and to ask, with the streams that are open on it.
#include "message/incoming.hpp"

#include <map>
#include <memory>

namespace meshhost::message {

class peer_session;

class peer_session_owner {
public:
    virtual void on_session_stream(
        peer_session& from,
        std::shared_ptr<transport::stream> opened
    ) = 0;
    virtual void on_session_asked(
        peer_session& from,
        const std::shared_ptr<incoming>& asked,
        asked_frame frame
    ) = 0;
    virtual void on_session_ended(peer_session& ended) = 0;

protected:
    ~peer_session_owner() = default;
};

/// Kept by its owner, and by the transport. detach() when the owner lets go of it.
class peer_session final : public transport::connection_handler, private incoming_owner {
public:
    peer_session(
        peer_session_owner& owner,
        std::shared_ptr<transport::connection> connection,
        time_point now
    );

    void detach();
    void add(std::shared_ptr<transport::stream> opened, duration patience, time_point now);
    /// Ends what is late; an idle connection, too.
    void check(time_point now, duration idle_timeout);

    transport::connection& connection() const noexcept { return *connection_; }
    const identity::endpoint_id& peer() const noexcept { return connection_->remote_id(); }
    std::size_t streams() const noexcept { return streams_.size(); }

    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override;
    void on_closed(transport::connection&, const transport::close_reason&) override;

private:
    void on_asked(const std::shared_ptr<incoming>& from, asked_frame asked) override;
    void on_ended(incoming& ended) override;

    peer_session_owner* owner_;
    std::shared_ptr<transport::connection> connection_;
    std::map<const incoming*, std::shared_ptr<incoming>> streams_;
    time_point now_;  ///< about
    time_point idle_since_;
};

}  // namespace meshhost::message
