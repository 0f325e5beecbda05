// SPDX-License-Identifier: Apache-2.0
#include "message/peer_session.hpp"

#include <utility>

namespace meshhost::message {

peer_session::peer_session(
    peer_session_owner& owner,
    std::shared_ptr<transport::connection> connection,
    time_point now
)
    : owner_(&owner)
    , connection_(std::move(connection))
    , now_(now)
    , idle_since_(now) {}

void peer_session::detach() {
    owner_ = nullptr;
    for (const auto& [key, stream] : std::exchange(streams_, {}))
        stream->detach();
}

void peer_session::add(
    std::shared_ptr<transport::stream> opened,
    duration patience,
    time_point now
) {
    incoming_owner& self = *this;
    const auto made = std::make_shared<incoming>(self, opened, patience, now);
    streams_.emplace(made.get(), made);
    opened->set_handler(made);
}

void peer_session::check(time_point now, duration idle_timeout) {
    now_ = now;
    const auto all = streams_;
    for (const auto& [key, stream] : all)
        stream->check(now);
    if (streams_.empty() && now - idle_since_ >= idle_timeout)
        connection_->close(to_wire(close_code::done), "idle");
}

void peer_session::on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) {
    if (owner_ != nullptr) owner_->on_session_stream(*this, std::move(opened));
}

void peer_session::on_closed(transport::connection&, const transport::close_reason&) {
    if (owner_ != nullptr) owner_->on_session_ended(*this);
}

void peer_session::on_asked(const std::shared_ptr<incoming>& from, asked_frame asked) {
    if (owner_ != nullptr) owner_->on_session_asked(*this, from, std::move(asked));
}

void peer_session::on_ended(incoming& ended) {
    streams_.erase(&ended);
    idle_since_ = now_;
}

}  // namespace meshhost::message
