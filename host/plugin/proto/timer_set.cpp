// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/timer_set.hpp"

namespace meshhost::plugin::proto {

handle timer_set::start(std::string name, time_point first, duration period, std::uint64_t tag) {
    const handle made = timers_.insert({std::move(name), first, period, tag});
    if (made != 0) schedule_.emplace(first, made);
    return made;
}

bool timer_set::cancel(handle h) {
    const timer* const found = timers_.find(h);
    if (found == nullptr) return false;
    schedule_.erase({found->due, h});
    return timers_.erase(h);
}

std::optional<timer_firing> timer_set::poll(time_point now) {
    if (next_deadline() > now) return std::nullopt;
    const auto [due, h] = *schedule_.begin();
    schedule_.erase(schedule_.begin());
    timer& fired = *timers_.find(h);
    timer_firing firing{.timer = h, .tag = fired.tag, .due = due};
    if (fired.period == duration::zero()) {
        timers_.erase(h);
        return firing;
    }
    firing.missed = static_cast<std::uint64_t>((now - due) / fired.period);
    fired.due = due + fired.period * static_cast<duration::rep>(firing.missed + 1);
    schedule_.emplace(fired.due, h);
    return firing;
}

time_point timer_set::next_deadline() const noexcept {
    return schedule_.empty() ? no_deadline : schedule_.begin()->first;
}

std::vector<std::string> timer_set::names() {
    std::vector<std::string> all;
    timers_.for_each([&](handle, const timer& each) { all.push_back(each.name); });
    return all;
}

void timer_set::clear() {
    while (!schedule_.empty())
        cancel(schedule_.begin()->second);
}

}  // namespace meshhost::plugin::proto
