// SPDX-License-Identifier: Apache-2.0
#include "telemetry/event_journal.hpp"

#include <utility>

namespace meshhost::telemetry {

namespace {

constexpr unsigned char continuation_mask = 0xc0;
constexpr unsigned char continuation = 0x80;

/// At most `size_max` bytes, and no part of a UTF-8 character.
void cut(std::string& text, std::size_t size_max) {
    if (text.size() <= size_max) return;
    const auto is_inside = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & continuation_mask) == continuation;
    };
    while (size_max > 0 && is_inside(size_max))
        --size_max;
    text.resize(size_max);
}

std::size_t size_of(const event& one) {
    return sizeof one + one.peer.size() + one.name.size() + one.from.size() + one.to.size()
           + one.reason.size();
}

}  // namespace

void event_journal::append(event happened) {
    for (auto* text :
         {&happened.peer, &happened.name, &happened.from, &happened.to, &happened.reason})
        cut(*text, limits_.text_max);
    happened.sequence = next_++;
    bytes_ += size_of(happened);
    events_.push_back(std::move(happened));
    while (events_.size() > limits_.events_max || (bytes_ > limits_.bytes_max && events_.size() > 1)
    ) {
        bytes_ -= size_of(events_.front());
        events_.pop_front();
    }
    if (listener_) listener_(events_.back());
}

const event* event_journal::find(std::uint64_t sequence) const noexcept {
    if (sequence < oldest() || sequence >= next_) return nullptr;
    return &events_[sequence - oldest()];
}

}  // namespace meshhost::telemetry
