// SPDX-License-Identifier: Apache-2.0
#include "telemetry/event_journal.hpp"

#include "base/cut.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::telemetry {

namespace {

std::size_t size_of(const event& one) {
    return sizeof one + one.peer.size() + one.name.size() + one.from.size() + one.to.size()
           + one.reason.size();
}

}  // namespace

void event_journal::append(event happened) {
    for (auto* text :
         {&happened.peer, &happened.name, &happened.from, &happened.to, &happened.reason})
        *text = cut(*text, limits_.text_max);
    happened.sequence = next_++;
    bytes_ += size_of(happened);
    events_.push_back(std::move(happened));
    while (events_.size() > limits_.events_max || (bytes_ > limits_.bytes_max && events_.size() > 1)
    ) {
        bytes_ -= size_of(events_.front());
        events_.pop_front();
    }
    for (auto* const each : listeners_)
        each->on_event(events_.back());
}

void event_journal::restore(std::vector<event> earlier) {
    if (earlier.empty() || next_ != 1) return;
    const auto last = std::max<std::uint64_t>(earlier.back().sequence, earlier.size());
    next_ = last - earlier.size() + 1;
    for (auto& each : earlier)
        append(std::move(each));
}

const event* event_journal::find(std::uint64_t sequence) const noexcept {
    if (sequence < oldest() || sequence >= next_) return nullptr;
    return &events_[sequence - oldest()];
}

}  // namespace meshhost::telemetry
