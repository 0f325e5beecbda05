// SPDX-License-Identifier: Apache-2.0
#include "message/peer_line.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::message {

namespace {

/// A host that is lost while it is asked something is missed within six seconds.
constexpr transport::liveness_terms liveness{.ping_every = 4s, .answer_within = 1500ms};

}  // namespace

void peer_line::attach(std::shared_ptr<transport::connection> connection) {
    connection_ = std::move(connection);
}

void peer_line::close() {
    if (connection_ != nullptr) connection_->close(to_wire(close_code::done), "done");
}

void peer_line::add(std::shared_ptr<outgoing> sent) {
    sent_.push_back(std::move(sent));
    begin_more();
}

void peer_line::remove(const outgoing& done, time_point now) {
    const auto count = std::erase_if(sent_, [&](const auto& each) { return each.get() == &done; });
    if (count == 0) return;
    idle_since_ = now;
    begin_more();
}

std::vector<std::shared_ptr<outgoing>> peer_line::take_all() {
    return std::exchange(sent_, {});
}

void peer_line::on_connected(transport::connection& connection) {
    is_connected_ = true;
    connection.watch_liveness(liveness);
    begin_more();
}

void peer_line::on_closed(transport::connection&, const transport::close_reason& why) {
    is_connected_ = false;
    if (owner_ != nullptr) owner_->on_line_ended(*this, why);
}

void peer_line::begin_more() {
    if (!is_connected_) return;
    const auto first = std::find_if(sent_.begin(), sent_.end(), [](const auto& each) {
        return !each->is_begun();
    });
    auto running = static_cast<std::size_t>(first - sent_.begin());
    // By position: a stream that is opened may end another one, which then is removed here.
    for (std::size_t i = running; i < sent_.size() && running < streams_max_; ++i, ++running) {
        const auto next = sent_[i];
        if (next->is_begun()) continue;
        if (!next->begin(*connection_)) return;
    }
}

}  // namespace meshhost::message
