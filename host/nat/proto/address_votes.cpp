// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/address_votes.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <map>

namespace meshhost::nat::proto {

namespace {

bool is_server(voter_kind kind) noexcept {
    return kind != voter_kind::peer;
}

/// One host, as far as an address tells: whoever has an IPv6 address has a /64 of them.
ip_endpoint host_of(const ip_endpoint& address) noexcept {
    ip_endpoint host = address;
    host.port = 0;
    if (!host.is_v4()) std::fill(host.address.begin() + 8, host.address.end(), std::uint8_t{0});
    return host;
}

bool can_know(const voter& who, const ip_endpoint& seen) noexcept {
    if (who.at.family != seen.family || seen.port == 0) return false;
    if (seen.is_unspecified() || seen.is_multicast()) return false;
    if (seen.is_loopback()) return who.at.is_loopback();
    if (seen.is_link_local()) return who.at.is_link_local();
    return true;
}

}  // namespace

const char* to_string(voter_kind kind) noexcept {
    switch (kind) {
    case voter_kind::relay:
        return "relay";
    case voter_kind::stun:
        return "stun";
    case voter_kind::peer:
        return "peer";
    }
    return "unknown";
}

bool address_votes::is_alive(const vote& one, time_point now) const noexcept {
    return now < one.at + config_.lifetime;
}

/// The longest silent of those that may go. Peers never push a server out.
bool address_votes::make_room(voter_kind asking, time_point now) {
    const auto is_over = [&](const vote& one) { return !is_alive(one, now); };
    votes_.erase(std::remove_if(votes_.begin(), votes_.end(), is_over), votes_.end());
    if (votes_.size() < config_.voters_max) return true;
    auto oldest = votes_.end();
    for (auto at = votes_.begin(); at != votes_.end(); ++at) {
        if (is_server(at->who.kind) && !is_server(asking)) continue;
        const auto key = [](const vote& one) { return std::pair(is_server(one.who.kind), one.at); };
        if (oldest == votes_.end() || key(*at) < key(*oldest)) oldest = at;
    }
    if (oldest == votes_.end()) return false;
    votes_.erase(oldest);
    return true;
}

bool address_votes::note(const voter& who, const ip_endpoint& seen, time_point now) {
    if (!can_know(who, seen)) return false;
    const auto known =
        std::find_if(votes_.begin(), votes_.end(), [&](const vote& one) { return one.who == who; });
    if (known != votes_.end()) {
        known->seen = seen;
        known->at = now;
        return true;
    }
    if (!make_room(who.kind, now)) return false;
    votes_.push_back({who, seen, now});
    return true;
}

std::vector<seen_address> address_votes::addresses(ip_family family, time_point now) const {
    struct tally {
        std::vector<ip_endpoint> hosts;
        bool has_server = false;
        time_point newest{};
    };
    std::map<ip_endpoint, tally> counted;
    for (const vote& one : votes_) {
        if (one.seen.family != family || !is_alive(one, now)) continue;
        tally& of = counted[one.seen];
        const ip_endpoint host = host_of(one.who.at);
        if (std::find(of.hosts.begin(), of.hosts.end(), host) == of.hosts.end())
            of.hosts.push_back(host);
        of.has_server |= is_server(one.who.kind);
        of.newest = std::max(of.newest, one.at);
    }
    using counted_one = std::pair<ip_endpoint, tally>;
    std::vector<counted_one> ranked;
    for (const auto& one : counted)
        if (one.second.has_server || one.second.hosts.size() > 1) ranked.push_back(one);
    std::sort(ranked.begin(), ranked.end(), [](const counted_one& a, const counted_one& b) {
        const auto key = [](const counted_one& one) {
            return std::pair(one.second.hosts.size(), one.second.newest);
        };
        return key(a) != key(b) ? key(a) > key(b) : a.first < b.first;
    });
    std::vector<seen_address> best;
    for (const auto& [address, of] : ranked)
        if (best.size() < addresses_max)
            best.push_back({address, of.hosts.size(), of.hosts.size() > 1});
    return best;
}

mapping_spread address_votes::spread(ip_family family, time_point now) const {
    const vote* newest = nullptr;
    for (const vote& one : votes_) {
        const bool counts =
            one.seen.family == family && is_server(one.who.kind) && is_alive(one, now);
        if (counts && (newest == nullptr || newest->at < one.at)) newest = &one;
    }
    if (newest == nullptr) return mapping_spread::unknown;
    bool has_other = false;
    for (const vote& one : votes_) {
        const bool counts = one.seen.family == family && is_server(one.who.kind)
                            && newest->at - one.at <= config_.same_time
                            && host_of(one.who.at) != host_of(newest->who.at);
        if (!counts) continue;
        if (one.seen != newest->seen) return mapping_spread::varies;
        has_other = true;
    }
    return has_other ? mapping_spread::same : mapping_spread::unknown;
}

void address_votes::check_invariants() const {
    MH_ASSERT(votes_.size() <= config_.voters_max, "the table is bounded");
    for (const vote& one : votes_)
        MH_ASSERT(can_know(one.who, one.seen), "nobody says what he cannot know");
}

}  // namespace meshhost::nat::proto
