// SPDX-License-Identifier: Apache-2.0
#include "ping/ping_run.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::ping {

byte_buffer make_ping(unsigned sequence, std::size_t size) {
    byte_buffer bytes(size);
    for (std::size_t i = 0; i < ping_size_min; ++i)
        bytes[i] =
            static_cast<std::uint8_t>(std::uint64_t{sequence} >> 8 * (ping_size_min - 1 - i));
    for (std::size_t i = ping_size_min; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(sequence + i);
    return bytes;
}

void ping_run::start(time_point now) {
    is_started_ = true;
    next_send_ = now;
}

std::optional<byte_buffer> ping_run::poll_send(time_point now) {
    const bool is_due = is_started_ && !is_awaiting_ && sent_ < options_.count && now >= next_send_;
    if (!is_due) return std::nullopt;
    ++sent_;
    sent_at_ = now;
    is_awaiting_ = true;
    return make_ping(sent_, options_.size);
}

void ping_run::receive(bytes_view data, time_point now) {
    while (!data.empty() && !is_broken_) {
        const std::size_t missing = options_.size - partial_.size();
        const bytes_view part = data.first(std::min(missing, data.size()));
        partial_.insert(partial_.end(), part.begin(), part.end());
        data = data.subspan(part.size());
        if (partial_.size() < options_.size) return;
        take_echo(std::exchange(partial_, {}), now);
    }
}

/// The stream keeps their order, so that the echoes count themselves.
void ping_run::take_echo(bytes_view echo, time_point now) {
    ++echoed_;
    is_broken_ = echoed_ > sent_ || !std::ranges::equal(echo, make_ping(echoed_, options_.size));
    const bool is_late = echoed_ != sent_ || !is_awaiting_;
    if (!is_broken_ && !is_late) settle(now - sent_at_, now);
}

void ping_run::handle_deadline(time_point now) {
    if (is_awaiting_ && now >= sent_at_ + options_.timeout) settle(std::nullopt, now);
}

void ping_run::settle(std::optional<duration> rtt, time_point now) {
    is_awaiting_ = false;
    result_ = ping_result{sent_, rtt};
    next_send_ = std::max(now, sent_at_ + options_.interval);
}

std::optional<ping_result> ping_run::poll_result() {
    return std::exchange(result_, std::nullopt);
}

std::optional<time_point> ping_run::next_deadline() const {
    if (is_awaiting_) return sent_at_ + options_.timeout;
    if (is_started_ && sent_ < options_.count) return next_send_;
    return std::nullopt;
}

}  // namespace meshhost::ping
