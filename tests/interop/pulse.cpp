// SPDX-License-Identifier: Apache-2.0
#include "interop/pulse.hpp"

#include <charconv>
#include <chrono>

namespace meshhost::interop {

namespace {

std::int64_t unix_ns() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace

pulse::pulse(
    net::shard& shard,
    gossip::gossip_service& service,
    pulse_sink& sink,
    std::int64_t call,
    pulse_plan plan
)
    : service_(service)
    , sink_(sink)
    , call_(call)
    , plan_(std::move(plan))
    , random_(static_cast<std::uint64_t>(unix_ns()))
    , due_(shard.now() + plan_.phase)
    , timer_(shard, *this) {
    timer_.arm(due_);
}

void pulse::on_deadline(time_point) {
    if (next_ == plan_.count) return sink_.on_pulse_end(call_);
    (void)service_.broadcast(plan_.topic, as_bytes(text()));
    due_ += plan_.every;
    timer_.arm(due_);
}

std::string pulse::text() {
    std::string words =
        plan_.name + ' ' + std::to_string(next_++) + ' ' + std::to_string(unix_ns()) + ' ';
    while (words.size() < plan_.size)
        words += static_cast<char>('a' + random_.below(26));
    return words;
}

std::optional<std::chrono::microseconds> travelled(std::string_view text) {
    for (int word = 0; word < 2; ++word) {
        const auto space = text.find(' ');
        if (space == std::string_view::npos) return std::nullopt;
        text.remove_prefix(space + 1);
    }
    std::int64_t sent = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), sent);
    if (error != std::errc{} || rest == text.data() + text.size() || *rest != ' ')
        return std::nullopt;
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::nanoseconds(unix_ns() - sent)
    );
}

}  // namespace meshhost::interop
