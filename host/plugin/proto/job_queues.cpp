// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/job_queues.hpp"

#include <utility>

namespace meshhost::plugin::proto {

job_queues::lane job_queues::open() {
    lanes_.emplace(++last_opened_, state());
    return last_opened_;
}

bool job_queues::push(lane to, const job& added) {
    const auto found = lanes_.find(to);
    if (found == lanes_.end() || found->second.is_paused || found->second.is_closed) return false;
    found->second.waiting.push_back(added);
    return true;
}

std::optional<job_queues::turn> job_queues::take() {
    auto next = lanes_.upper_bound(last_served_);
    for (std::size_t i = 0; i < lanes_.size(); ++i, ++next) {
        if (next == lanes_.end()) next = lanes_.begin();
        state& each = next->second;
        if (each.waiting.empty() || each.running >= running_max_) continue;
        const turn taken{next->first, each.waiting.front()};
        each.waiting.pop_front();
        ++each.running;
        last_served_ = taken.of;
        return taken;
    }
    return std::nullopt;
}

void job_queues::done(lane of) {
    const auto found = lanes_.find(of);
    if (found == lanes_.end() || found->second.running == 0) return;
    --found->second.running;
    drop_if_over(of);
}

std::vector<job> job_queues::pause(lane which) {
    const auto found = lanes_.find(which);
    if (found == lanes_.end()) return {};
    found->second.is_paused = true;
    const auto waiting = std::exchange(found->second.waiting, {});
    return {waiting.begin(), waiting.end()};
}

void job_queues::resume(lane which) {
    const auto found = lanes_.find(which);
    if (found != lanes_.end()) found->second.is_paused = false;
}

std::vector<job> job_queues::close(lane which) {
    std::vector<job> waiting = pause(which);
    const auto found = lanes_.find(which);
    if (found == lanes_.end()) return waiting;
    found->second.is_closed = true;
    drop_if_over(which);
    return waiting;
}

std::size_t job_queues::running(lane of) const {
    const auto found = lanes_.find(of);
    return found == lanes_.end() ? 0 : found->second.running;
}

void job_queues::drop_if_over(lane which) {
    const auto found = lanes_.find(which);
    if (found->second.is_closed && found->second.running == 0) lanes_.erase(found);
}

}  // namespace meshhost::plugin::proto
