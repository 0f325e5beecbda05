// SPDX-License-Identifier: Apache-2.0
#include "gossip/peer_link.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::gossip {

bool peer_link::add(
    std::shared_ptr<peer_connection> connection,
    proto::link_instance next,
    time_point now
) {
    if (may_have_crossed(*connection, now)) {
        connections_.insert(connections_.begin(), std::move(connection));
        connections_.back()->supersede();
        pump();
        return false;
    }
    for (const auto& old : release())
        old->close(close_code::superseded, to_string(close_code::superseded));
    dropped_before_ += queue_.dropped();
    queue_ = peer_queue(limits_);
    connections_.push_back(std::move(connection));
    instance_ = next;
    up_since_ = now;
    rtt_due_ = now;
    rtt_told_ = {};
    return true;
}

bool peer_link::may_have_crossed(const peer_connection& newcomer, time_point now) const {
    return connections_.size() == 1 && connections_.front()->is_dialled() != newcomer.is_dialled()
           && now - up_since_ <= limits_.crossing_window;
}

bool peer_link::remove(const peer_connection& ended) {
    std::erase_if(connections_, [&](const auto& one) { return one.get() == &ended; });
    if (connections_.empty()) return true;
    connections_.front()->resume();
    pump();
    return false;
}

bool peer_link::has(const peer_connection& connection) const {
    return std::any_of(connections_.begin(), connections_.end(), [&](const auto& one) {
        return one.get() == &connection;
    });
}

bool peer_link::send(proto::send_output frame) {
    if (!queue_.push(std::move(frame))) return false;
    pump();
    return true;
}

void peer_link::pump() {
    while (!connections_.empty() && !queue_.empty() && connections_.front()->place(queue_.front()))
        queue_.pop();
}

void peer_link::heard_on(const peer_connection& connection) {
    if (connections_.size() < 2) return;
    if (connections_.front().get() == &connection) return connections_.back()->close_when_idle();
    if (connection.is_dialled() != is_lower_) return;
    std::swap(connections_.front(), connections_.back());
    connections_.front()->resume();
    connections_.back()->supersede();
    pump();
}

std::optional<duration> peer_link::poll_rtt(time_point now) {
    if (now < rtt_due_ || connections_.empty()) return std::nullopt;
    rtt_due_ = now + limits_.rtt_interval;
    const duration rtt = connections_.front()->rtt();
    const duration change = rtt > rtt_told_ ? rtt - rtt_told_ : rtt_told_ - rtt;
    if (rtt <= duration::zero() || change * 4 < rtt_told_) return std::nullopt;
    rtt_told_ = rtt;
    return rtt;
}

std::vector<std::shared_ptr<peer_connection>> peer_link::release() {
    return std::exchange(connections_, {});
}

}  // namespace meshhost::gossip
