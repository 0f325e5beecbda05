// SPDX-License-Identifier: Apache-2.0
// The look at all ways, now and then: which peers want a link, and who goes where when a path falls
// silent.
#include "reach/reach_service.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::reach {

namespace {

using identity::endpoint_id;
using nat::proto::punch_role;

constexpr duration look_every = 250ms;
constexpr duration link_unused_max = 60s;
/// After a move, for the new path to answer.
constexpr duration settle_wait = 1500ms;
/// Connections may be on their way to the direct path, one after the other.
constexpr duration return_wait = 2s;
/// Between two addresses of a peer that does not punch.
constexpr duration address_wait = 5s;
constexpr duration address_rest = 60s;  ///< after all of them

std::string text_of(const transport::way_end& end) {
    const auto* const address = std::get_if<ip_endpoint>(&end);
    return address != nullptr ? address->to_string() : std::get<std::string>(end);
}

}  // namespace

/// Costs nothing on a host that never had to do with a relay.
void reach_service::look() {
    const time_point at = now();
    const bool is_needed = !endpoint_.relays().empty() || !peers_.empty();
    look_at_ = is_needed ? at + look_every : no_deadline;
    if (!is_needed) return arm();
    refresh_candidates();  // what was seen long ago counts no more
    const auto ways = endpoint_.ways();
    drop_silent_links(ways);
    const auto seen = look_at(ways, owned());
    for (auto& [peer, known] : peers_)
        known.was_seen = seen.contains(peer);
    for (const auto& [peer, of] : seen) {
        const bool matters = !of.relay.empty() || !of.silent.empty();
        if (!peers_.contains(peer) && (!matters || peers_.size() >= links_max)) continue;
        look_at_peer(peer, peers_[peer], of, at);
    }
    for (auto each = peers_.begin(); each != peers_.end();) {
        entry& known = each->second;
        if (known.was_seen) known.unused_since = at;
        const bool is_over = !known.was_seen && at - known.unused_since >= link_unused_max;
        if (is_over && known.link) known.link->detach();
        each = is_over ? peers_.erase(each) : std::next(each);
    }
    arm();
}

void reach_service::look_at_peer(
    const endpoint_id& peer,
    entry& known,
    const peer_ways& ways,
    time_point now
) {
    known.was_seen = true;
    if (!ways.silent.empty()) fall_back(peer, known, ways, now);
    if (!ways.direct) known.direct.reset();
    if (ways.direct) known.was_direct = ways.direct;
    const bool may_open = !known.link && !known.does_not_speak && now >= known.retry_at;
    if (may_open && ways.has_dialled_relayed) open(known, peer, ways.relay);
    if (known.does_not_speak && ways.has_dialled_relayed) try_addresses(peer, known, now);
    auto* const machine = known.link ? known.link->machine() : nullptr;
    if (machine == nullptr) return;
    if (ways.relay_rtt > duration::zero()) machine->set_relay_rtt(ways.relay_rtt);
    if (ways.direct_rtt > duration::zero()) machine->path_measured(ways.direct_rtt);
    // What was dialled since, and what the server of this link dialled, goes where the rest does.
    notice_return(known, ways, now);
    if (ways.has_dialled_relayed) follow(peer, known, now);
}

/// One that is too young to move, with no connection id to spare, is tried again at each look.
void reach_service::follow(const endpoint_id& peer, entry& known, time_point now) {
    const auto& machine = *known.link->machine();
    if (known.unmoved && known.unmoved == machine.moving_to()) {
        if (endpoint_.move_to_address(peer, *known.unmoved).moving > 0) known.unmoved.reset();
        return;
    }
    known.unmoved.reset();
    const auto direct = machine.direct_remote();
    if (!direct || now < known.address_at) return;
    if (endpoint_.move_to_address(peer, *direct).moving > 0) known.address_at = now + address_wait;
}

/// A link whose relay died would end with its idle limit only. Another goes by way of the relay
/// that the peer's connections moved to.
void reach_service::drop_silent_links(const std::vector<transport::peer_way>& ways) {
    for (const auto& way : ways) {
        if (!is_silent(way)) continue;
        const auto known = peers_.find(way.peer);
        if (known == peers_.end() || !known->second.link) continue;
        reach_link& link = *known->second.link;
        if (link.connection() != way.handle || link.role() != punch_role::client) continue;
        remember(known->second);
        link.detach();
        known->second.link = nullptr;
        known->second.retry_at = now() + look_every;
    }
}

void reach_service::remember(entry& known) {
    const auto* const machine = known.link->machine();
    if (machine == nullptr) return;
    known.how = machine->current();
    known.direct = machine->direct_remote();
}

/// The client moves; where it went back to the relay, its server only sees that nothing is direct
/// any more.
void reach_service::notice_return(entry& known, const peer_ways& ways, time_point now) {
    auto& machine = *known.link->machine();
    const auto direct = machine.direct_remote();
    const bool is_back =
        known.link->role() == punch_role::server && direct && !ways.direct && !ways.relay.empty();
    if (!is_back) {
        known.all_relayed_since = no_deadline;
        return;
    }
    known.all_relayed_since = std::min(known.all_relayed_since, now);
    if (now - known.all_relayed_since < return_wait) return;
    known.all_relayed_since = no_deadline;
    machine.path_failed(*direct, now);
    turn(*known.link);
}

/// Paths of ours do not answer: to a relay, or from one relay to the next.
void reach_service::fall_back(
    const endpoint_id& peer,
    entry& known,
    const peer_ways& ways,
    time_point now
) {
    if (now - known.moved_at < settle_wait) return;
    known.moved_at = now;
    for (const auto& from : ways.silent) {
        const auto* const address = std::get_if<ip_endpoint>(&from);
        auto* const machine = known.link ? known.link->machine() : nullptr;
        if (address != nullptr && machine != nullptr) {
            machine->path_failed(*address, now);
            turn(*known.link);  // a client's says then that they are to leave
        }
        leave(peer, known, from);
    }
}

/// What is there already, or went before, does not move. Where the last relay is silent, the
/// address that was left for it may be the only way: nobody is told of it any more.
void reach_service::leave(
    const endpoint_id& peer,
    const entry& known,
    const transport::way_end& from
) {
    const auto to = next_relay(relays_of(peer, known), from);
    const bool is_from_relay = std::holds_alternative<std::string>(from);
    if (is_from_relay && known.was_direct && !(to && to->is_up))
        endpoint_.move_to_address(peer, *known.was_direct);
    if (!to || endpoint_.move_to_relay(peer, from, to->url).moving == 0) return;
    ++counts_.failovers;
    options_.log.info(
        "peer={} does not answer at {}: by way of {}",
        peer.short_text(),
        text_of(from),
        to->url
    );
}

/// The one of the link, those that the peer is said to be at, our own; each once.
std::vector<relay_choice> reach_service::relays_of(const endpoint_id& peer, const entry& known)
    const {
    const auto ours = endpoint_.relays();
    std::vector<relay_choice> all;
    const auto add = [&](const std::string& url) {
        const auto is_it = [&](const auto& each) { return each.url == url; };
        if (url.empty() || std::any_of(all.begin(), all.end(), is_it)) return;
        const auto at = std::find_if(ours.begin(), ours.end(), is_it);
        all.push_back({url, at != ours.end() && at->status == relay::relay_status::up});
    };
    if (known.link) add(known.link->relay());
    if (options_.address_of)
        for (const auto& url : options_.address_of(peer).relays)
            add(url);
    for (const auto& relay : ours)
        if (relay.is_own) add(relay.url);
    return all;
}

/// A peer that does not punch may have an address that needs none.
void reach_service::try_addresses(const endpoint_id& peer, entry& known, time_point now) {
    if (now < known.address_at || !options_.address_of) return;
    const auto addresses = options_.address_of(peer).direct;
    if (addresses.empty()) {
        known.address_at = now + address_rest;
        return;
    }
    const std::size_t at = known.next_address++ % addresses.size();
    known.address_at = now + (at + 1 == addresses.size() ? address_rest : address_wait);
    endpoint_.move_to_address(peer, addresses[at]);
}

}  // namespace meshhost::reach
