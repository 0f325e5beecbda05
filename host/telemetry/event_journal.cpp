// SPDX-License-Identifier: Apache-2.0
#include "telemetry/event_journal.hpp"

#include "base/assert.hpp"
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

void event_source::add_listener(event_listener& hears) {
    MH_ASSERT(!is_telling_, "a listener leaves the journal as it is");
    listeners_.push_back(&hears);
}

void event_source::remove_listener(event_listener& hears) {
    MH_ASSERT(!is_telling_, "a listener leaves the journal as it is");
    std::erase(listeners_, &hears);
}

void event_source::tell(const event& happened) {
    struct telling {
        explicit telling(bool& flag)
            : flag_(flag) {
            flag_ = true;
        }
        ~telling() { flag_ = false; }
        bool& flag_;
    };
    const telling now(is_telling_);
    for (auto* const each : listeners_)
        each->on_event(happened);
}

const event* event_source::find(std::uint64_t sequence) const noexcept {
    if (sequence < oldest() || sequence >= next_) return nullptr;
    return &events_[sequence - oldest()];
}

void event_journal::append(event happened) {
    MH_ASSERT(!is_telling_, "a listener leaves the journal as it is");
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
    tell(events_.back());
}

void event_journal::restore(std::vector<event> earlier) {
    if (earlier.empty() || next_ != 1) return;
    const auto last = std::max<std::uint64_t>(earlier.back().sequence, earlier.size());
    next_ = last - earlier.size() + 1;
    for (auto& each : earlier)
        append(std::move(each));
}

}  // namespace meshhost::telemetry
