// SPDX-License-Identifier: Apache-2.0
#include "sim/delivery_log.hpp"

#include <algorithm>

namespace meshhost::sim {
namespace {

constexpr std::size_t number_size = 8;

}  // namespace

byte_buffer content_of(message_number number, std::size_t size) {
    byte_buffer content(std::max(size, number_size), 0);
    for (std::size_t i = 0; i < number_size; ++i)
        content[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return content;
}

std::optional<message_number> number_in(bytes_view content) {
    if (content.size() < number_size) return std::nullopt;
    message_number number = 0;
    for (std::size_t i = 0; i < number_size; ++i)
        number |= static_cast<message_number>(content[i]) << (8 * i);
    return number;
}

message_number delivery_log::sent(
    std::uint32_t series,
    std::uint32_t round,
    node_index by,
    time_point now
) {
    open_message message;
    message.number = next_++;
    message.sender = by;
    message.at = now;
    message.outcome.series = series;
    message.outcome.round = round;
    message.reached.resize(nodes_);
    message.reached[by] = true;
    open_.push_back(std::move(message));
    if (delays_.size() <= series) delays_.resize(series + 1);
    return open_.back().number;
}

void delivery_log::payload(message_number number) {
    if (open_message* message = find(number)) ++message->outcome.payloads;
}

bool delivery_log::delivered(
    message_number number,
    node_index to,
    std::uint32_t hops,
    time_point now
) {
    open_message* message = find(number);
    if (message == nullptr) return true;  // long judged: this one came late, not twice
    if (message->reached[to]) return false;
    message->reached[to] = true;
    message_outcome& outcome = message->outcome;
    const duration after = now - message->at;
    outcome.last_after = std::max(outcome.last_after, after);
    outcome.last_hop = std::max(outcome.last_hop, hops);
    delays_[outcome.series].push_back(std::chrono::duration<float, std::milli>(after).count());
    return true;
}

void delivery_log::forget(node_index node) {
    for (open_message& message : open_)
        message.reached[node] = false;
}

delivery_log::open_message* delivery_log::find(message_number number) {
    if (open_.empty() || number < open_.front().number) return nullptr;
    const message_number place = number - open_.front().number;
    if (place >= open_.size() || open_[place].judged) return nullptr;
    return &open_[place];
}

void delivery_log::close(open_message& message) {
    outcomes_.push_back(message.outcome);
    message.judged = true;
    while (!open_.empty() && open_.front().judged)
        open_.pop_front();
}

}  // namespace meshhost::sim
