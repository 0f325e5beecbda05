// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/request_table.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::endpoint_id;

namespace {

template <class Requests>
auto find(Requests& requests, const endpoint_id& peer) noexcept {
    return std::find_if(requests.begin(), requests.end(), [&](const neighbor_request& request) {
        return request.peer == peer;
    });
}

}  // namespace

bool request_table::has_request(const endpoint_id& peer) const noexcept {
    return find(requests_, peer) != requests_.end();
}

bool request_table::contains(const endpoint_id& peer) const noexcept {
    return has_request(peer) || std::find(replies_.begin(), replies_.end(), peer) != replies_.end();
}

void request_table::reply(const endpoint_id& peer) {
    if (replies_.size() >= size_max_) replies_.erase(replies_.begin());
    replies_.push_back(peer);
}

std::optional<neighbor_request> request_table::take(const endpoint_id& peer) noexcept {
    take_reply(peer);
    const auto at = find(requests_, peer);
    if (at == requests_.end()) return std::nullopt;
    const neighbor_request request = *at;
    requests_.erase(at);
    return request;
}

bool request_table::take_reply(const endpoint_id& peer) noexcept {
    const auto at = std::find(replies_.begin(), replies_.end(), peer);
    if (at == replies_.end()) return false;
    replies_.erase(at);
    return true;
}

void request_table::set_deadline(const endpoint_id& peer, time_point deadline) noexcept {
    const auto at = find(requests_, peer);
    if (at != requests_.end()) at->deadline = deadline;
}

time_point request_table::next_deadline() const noexcept {
    time_point next = no_deadline;
    for (const neighbor_request& request : requests_)
        next = std::min(next, request.deadline);
    return next;
}

std::optional<neighbor_request> request_table::take_any() noexcept {
    return take_expired(no_deadline);
}

std::optional<neighbor_request> request_table::take_expired(time_point now) noexcept {
    const auto at =
        std::find_if(requests_.begin(), requests_.end(), [now](const neighbor_request& request) {
            return request.deadline <= now;
        });
    if (at == requests_.end()) return std::nullopt;
    const neighbor_request request = *at;
    requests_.erase(at);
    return request;
}

}  // namespace meshhost::gossip::proto
