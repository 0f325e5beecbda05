// SPDX-License-Identifier: Apache-2.0
#pragma once
// The connection to one peer, and what is sent over it or waits for it.
#include "message/outgoing.hpp"

#include <memory>
#include <vector>

namespace meshhost::message {

class peer_line;

class peer_line_owner {
public:
    virtual void on_line_ended(peer_line& ended, const transport::close_reason& why) = 0;

protected:
    ~peer_line_owner() = default;
};

/// Kept by its owner, and by the transport. detach() when the owner lets go of it.
class peer_line final : public transport::connection_handler {
public:
    peer_line(peer_line_owner& owner, std::size_t streams_max, time_point now)
        : owner_(&owner)
        , streams_max_(streams_max)
        , idle_since_(now) {}

    void attach(std::shared_ptr<transport::connection> connection);
    void detach() noexcept { owner_ = nullptr; }
    void close();

    void add(std::shared_ptr<outgoing> sent);
    void remove(const outgoing& done, time_point now);
    std::vector<std::shared_ptr<outgoing>> take_all();

    const transport::connection* connection() const noexcept { return connection_.get(); }
    std::size_t size() const noexcept { return sent_.size(); }
    bool is_idle_since(time_point when) const noexcept {
        return sent_.empty() && idle_since_ <= when;
    }

    void on_connected(transport::connection&) override;
    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
    void on_streams_granted(transport::connection&) override { begin_more(); }
    void on_closed(transport::connection&, const transport::close_reason& why) override;

private:
    void begin_more();

    peer_line_owner* owner_;
    std::size_t streams_max_;
    std::shared_ptr<transport::connection> connection_;
    std::vector<std::shared_ptr<outgoing>> sent_;  ///< in order; begun ones first
    time_point idle_since_;
    bool is_connected_ = false;
};

}  // namespace meshhost::message
