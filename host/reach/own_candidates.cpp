// SPDX-License-Identifier: Apache-2.0
#include "reach/own_candidates.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::reach {

using nat::proto::candidate_kind;

namespace {

constexpr duration vote_life = std::chrono::hours(1);

}  // namespace

bool own_candidates::set_interfaces(const std::vector<ip_endpoint>& addresses) {
    return std::exchange(interfaces_, addresses) != addresses;
}

bool own_candidates::set_outside(std::vector<nat::proto::candidate> found) {
    if (found == outside_) return false;
    outside_ = std::move(found);
    return true;
}

void own_candidates::vote(
    const identity::endpoint_id& peer,
    const ip_endpoint& seen,
    time_point now
) {
    if (votes_.size() >= voters_max && !votes_.contains(peer)) {
        const auto oldest =
            std::min_element(votes_.begin(), votes_.end(), [](const auto& a, const auto& b) {
                return a.second.at < b.second.at;
            });
        votes_.erase(oldest);
    }
    votes_[peer] = {seen, now};
}

void own_candidates::forget_outside() {
    votes_.clear();
    outside_.clear();
}

nat::proto::candidate_set own_candidates::all(time_point now) const {
    nat::proto::candidate_set out;
    for (const auto& address : interfaces_)
        out.add({address, candidate_kind::interface});
    for (const auto& found : outside_)
        out.add(found);
    for (const auto& [peer, vote] : votes_)
        if (now - vote.at < vote_life) out.add({vote.seen, candidate_kind::reflexive});
    return out;
}

}  // namespace meshhost::reach
