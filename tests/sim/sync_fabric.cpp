// SPDX-License-Identifier: Apache-2.0
#include "sim/sync_fabric.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::sim {

namespace {

using phase = peers::proto::sync_exchange::phase;

constexpr duration patience = 30s;  ///< as the driver's
/// A resumed handshake, its acknowledgements and the close, both ways: as seen on loopback.
constexpr std::uint64_t connection_bytes = 4'500;
constexpr int flights_before_data = 2;

}  // namespace

void sync_fabric::open(node_index by, node_index with, time_point now) {
    const bool is_possible =
        members_[with].is_on() && !links_.is_blocked(by, with) && !links_.is_blocked(with, by);
    const std::uint32_t number = next_++;
    const duration wait = is_possible ? flights_before_data * links_.latency(by, with) : patience;
    if (is_possible) {
        bytes_ += connection_bytes;
        ++opened_;
        open_.emplace(
            number,
            comparison{
                {end_state{by, members_[by].make_exchange(with), now + wait},
                 end_state{with, members_[with].make_exchange(by), now + wait}}}
        );
        open_.at(number).ends[0].exchange.open();
        pump(number, 0, now + wait);
        schedule_.schedule(now + patience, {event_kind::sync_ends, 0, false, number});
        return;
    }
    schedule_.schedule(now + wait, {event_kind::sync_fails, 0, false, by, 0});
}

/// Sends what one end has to say.
void sync_fabric::pump(std::uint32_t number, std::uint8_t from, time_point now) {
    comparison& what = open_.at(number);
    end_state& mine = what.ends[from];
    const end_state& theirs = what.ends[1 - from];
    while (auto frame = mine.exchange.poll_frame()) {
        if (links_.is_blocked(mine.node, theirs.node)) continue;  // lost, and never sent again
        bytes_ += frame->size();
        const time_point arrival = std::max(
            mine.last_arrival,
            now + links_.latency(mine.node, theirs.node)
                + links_.delay(mine.node, theirs.node, frame->size())
        );
        mine.last_arrival = arrival;
        const std::uint64_t slot = next_frame_++;
        under_way_.emplace(slot, std::move(*frame));
        const auto to = static_cast<std::uint8_t>(1 - from);
        schedule_.schedule(arrival, {event_kind::sync_data, to, false, number, 0, slot});
    }
}

void sync_fabric::handle(const event& what, time_point now) {
    if (what.kind == event_kind::sync_fails) {
        if (members_[what.subject].is_on()) members_[what.subject].sync_ended(false, now);
        return;
    }
    if (what.kind == event_kind::sync_ends) return end(what.subject, now);
    const auto frame = under_way_.extract(what.detail);
    const auto found = open_.find(what.subject);
    if (found == open_.end()) return;
    end_state& mine = found->second.ends[what.end];
    members_[mine.node].sync_received(mine.exchange, frame.mapped(), now);
    pump(what.subject, what.end, now);
    const auto is_over = [](const end_state& one) {
        return one.exchange.where() != phase::waiting && one.exchange.has_said_all();
    };
    const auto& ends = found->second.ends;
    const bool has_failed = mine.exchange.where() == phase::failed;
    if (has_failed || (is_over(ends[0]) && is_over(ends[1]))) end(what.subject, now);
}

void sync_fabric::end(std::uint32_t number, time_point now) {
    auto found = open_.extract(number);
    if (found.empty()) return;
    for (const end_state& one : found.mapped().ends) {
        if (members_[one.node].is_on()) members_[one.node].sync_ended(one.exchange.news() > 0, now);
    }
}

void sync_fabric::forget(node_index node, time_point now) {
    std::vector<std::uint32_t> over;
    for (const auto& [number, what] : open_) {
        if (what.ends[0].node == node || what.ends[1].node == node) over.push_back(number);
    }
    for (const std::uint32_t number : over)
        end(number, now);
}

}  // namespace meshhost::sim
