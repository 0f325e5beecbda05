// SPDX-License-Identifier: Apache-2.0
#include "reach/reach_service.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::reach {

namespace {

using identity::endpoint_id;
using nat::proto::punch_role;

constexpr duration retry_first = 1s;
constexpr duration retry_last = 60s;
constexpr std::uint64_t duplicate = 1;

}  // namespace

reach_service::reach_service(
    net::shard& shard,
    transport::endpoint& endpoint,
    reach_options options
)
    : shard_(shard)
    , endpoint_(endpoint)
    , options_(std::move(options))
    , timer_(shard, *this) {
    traits_.relay_only = options_.relay_only;
    own_.set_interfaces(endpoint_.address().direct);
    told_ = own_.all(now());
    endpoint_.set_reach_sink(this);
    route_.emplace(endpoint_.router(), reach_alpn, [this](auto incoming) {
        accept(std::move(incoming));
    });
    look();
}

reach_service::~reach_service() {
    endpoint_.set_reach_sink(nullptr);
    for (auto& [peer, known] : peers_)
        if (known.link) known.link->detach();
}

// --- what is found out of ourselves ---

void reach_service::note_seen(const nat::proto::voter& who, const ip_endpoint& seen) {
    using nat::proto::known;
    using nat::proto::mapping_spread;
    if (own_.note(who, seen, now())) refresh_candidates();
    nat::proto::nat_traits traits = traits_;
    traits.udp_works = known::yes;
    const auto spread = own_.spread(now());
    if (spread == mapping_spread::varies) traits.mapping_varies = known::yes;
    if (spread == mapping_spread::same) traits.mapping_varies = known::no;
    set_traits(traits);
}

void reach_service::note_mapping(nat::proto::known varies) {
    nat::proto::nat_traits traits = traits_;
    traits.mapping_varies = varies;
    set_traits(traits);
}

/// Where a peer answers over UDP, it is the servers that are away.
void reach_service::note_silence() {
    const auto ways = endpoint_.ways();
    const bool is_heard = std::any_of(ways.begin(), ways.end(), [](const auto& way) {
        return way.path.kind == transport::path_kind::direct
               && way.probes_unanswered < silent_after;
    });
    if (is_heard) return;
    nat::proto::nat_traits traits = traits_;
    traits.udp_works = nat::proto::known::no;
    set_traits(traits);
}

void reach_service::set_mapped(const std::optional<ip_endpoint>& at) {
    own_.set_mapped(at);
    refresh_candidates();
}

template <class Input>
void reach_service::for_each_machine(Input input) {
    for (auto& [peer, known] : peers_) {
        if (!known.link || known.link->machine() == nullptr) continue;
        input(*known.link->machine());
        turn(*known.link);
    }
}

void reach_service::set_traits(nat::proto::nat_traits traits) {
    if (traits == traits_) return;
    traits_ = traits;
    for_each_machine([this](auto& machine) { machine.set_traits(traits_, now()); });
}

void reach_service::refresh_candidates() {
    const auto all = own_.all(now());
    if (all == told_) return;
    told_ = all;
    for_each_machine([&](auto& machine) { machine.set_candidates(told_, now()); });
}

void reach_service::on_relays_changed() {
    if (options_.on_self_changed) options_.on_self_changed();
    look();
}

void reach_service::on_network_changed() {
    own_.set_interfaces(endpoint_.address().direct);
    own_.forget_outside();
    traits_ = {.relay_only = options_.relay_only};  // what was found out is of the old network
    told_ = own_.all(now());
    for_each_machine([&](auto& machine) {
        machine.set_candidates(told_, now());
        machine.set_traits(traits_, now());
        machine.network_changed(now());
    });
    if (options_.on_network_changed) options_.on_network_changed();
    if (options_.on_self_changed) options_.on_self_changed();
    look();
}

// --- the links ---

void reach_service::accept(std::shared_ptr<transport::connection> incoming) {
    const endpoint_id peer = incoming->remote_id();
    const auto known = peers_.find(peer);
    if (known == peers_.end() && peers_.size() >= links_max) return;
    entry& to = known == peers_.end() ? peers_[peer] : known->second;
    auto link = std::make_shared<reach_link>(
        static_cast<reach_link_owner&>(*this),
        peer,
        incoming->path().relay,
        punch_role::server
    );
    // Both dialled at once: the dial of the lower id stays.
    const bool is_crossed = to.link && to.link->role() == punch_role::client;
    if (is_crossed && endpoint_.id() < peer) {
        link->attach(incoming);
        incoming->set_handler(link);
        incoming->close(duplicate, "the other one stays");
        link->detach();
        return;
    }
    if (to.link) to.link->detach();
    to.link = link;
    to.does_not_speak = false;
    to.unused_since = now();
    link->accept(std::move(incoming));
    ++counts_.links_opened;
}

void reach_service::open(entry& to, const endpoint_id& peer, const std::string& relay) {
    auto link = std::make_shared<reach_link>(
        static_cast<reach_link_owner&>(*this),
        peer,
        relay,
        punch_role::client
    );
    to.link = link;
    to.unused_since = now();
    transport::connect_options how;
    how.is_pinned = true;
    link->attach(endpoint_.connect({peer, {relay}, {}}, reach_alpn, link, how));
    ++counts_.links_opened;
}

void reach_service::on_link_up(reach_link& link) {
    auto& machine = *link.machine();
    machine.set_candidates(told_, now());
    machine.set_traits(traits_, now());
    machine.start(now());
    if (const auto known = peers_.find(link.peer()); known != peers_.end())
        known->second.retry_wait = {};
    turn(link);
}

void reach_service::on_link_down(reach_link& link, bool speaks) {
    const auto known = peers_.find(link.peer());
    if (known == peers_.end() || known->second.link.get() != &link) return;
    entry& of = known->second;
    remember(of);
    of.link = nullptr;
    of.does_not_speak = !speaks;
    of.retry_wait = std::clamp<duration>(of.retry_wait * 2, retry_first, retry_last);
    of.retry_at = now() + of.retry_wait;
    of.address_at = now();
    // Not now: it may be one of those that a look goes through.
    look_at_ = now();
    arm();
}

const nat::proto::puncher* reach_service::machine_of(const endpoint_id& peer) const {
    const auto known = peers_.find(peer);
    const bool has_link = known != peers_.end() && known->second.link;
    return has_link ? known->second.link->machine() : nullptr;
}

// --- the machines ---

void reach_service::turn(reach_link& link) {
    const auto keep = link.shared_from_this();
    nat::proto::puncher* const machine = link.machine();
    if (machine == nullptr) return;
    while (const auto action = machine->poll_action())
        std::visit([&](const auto& each) { perform(link, each); }, *action);
    arm();
}

void reach_service::perform(reach_link& link, const nat::proto::send_control& out) {
    link.send(out.bytes);
}

void reach_service::perform(reach_link&, const nat::proto::send_probe& out) {
    if (!probes_.take(now())) {
        ++counts_.probes_held_back;
        return;
    }
    endpoint_.send_stray(out.to, out.bytes);
}

/// With nothing to move, what is dialled next goes there. What cannot move yet may soon.
void reach_service::perform(reach_link& link, const nat::proto::migrate_to& to) {
    const auto moves = endpoint_.move_to_address(link.peer(), to.remote);
    if (moves.eligible == 0) return link.machine()->path_validated(to.remote, {}, now());
    const auto known = peers_.find(link.peer());
    if (moves.moving == 0 && known != peers_.end()) known->second.unmoved = to.remote;
}

void reach_service::perform(reach_link& link, const nat::proto::use_relay& instead) {
    const auto known = peers_.find(link.peer());
    if (known != peers_.end()) leave(link.peer(), known->second, instead.from);
}

void reach_service::perform(reach_link& link, const nat::proto::reach_changed& to) {
    options_.log.debug("peer={} reached={}", link.peer().short_text(), to_string(to.now));
    if (options_.on_reach_changed) options_.on_reach_changed(link.peer(), to.now);
}

void reach_service::perform(reach_link& link, const nat::proto::seen_at& seen) {
    // Who it is tells it from others: it may be seen by way of many addresses.
    std::array<std::uint8_t, 16> name{};
    std::copy_n(link.peer().bytes().begin(), name.size(), name.begin());
    const nat::proto::voter who{nat::proto::voter_kind::peer, ip_endpoint::v6(name, 1)};
    if (own_.note(who, seen.address, now())) refresh_candidates();
}

void reach_service::perform(reach_link& link, const nat::proto::peer_broke_rule& broken) {
    options_.log.warn(
        "peer={} broke a rule of hole punching: {}",
        link.peer().short_text(),
        broken.why.message()
    );
    link.give_up_stream();
}

void reach_service::on_stray(const ip_endpoint& from, bytes_view datagram) {
    const auto token = nat::proto::token_of(datagram);
    if (!token) {
        ++counts_.strays;
        if (stray_taker_) stray_taker_(from, datagram);
        return;
    }
    ++counts_.probes_received;
    for (auto& [peer, known] : peers_) {
        auto* const machine = known.link ? known.link->machine() : nullptr;
        if (machine == nullptr || machine->token() != *token) continue;
        const auto verdict = machine->receive_probe({}, from, datagram, now());
        counts_.probes_refused += verdict == nat::proto::probe_verdict::taken ? 0 : 1;
        return turn(*known.link);
    }
    ++counts_.probes_refused;
}

void reach_service::on_moved(const endpoint_id& peer, const ip_endpoint& to, bool works) {
    const auto known = peers_.find(peer);
    auto* const machine =
        known != peers_.end() && known->second.link ? known->second.link->machine() : nullptr;
    if (machine == nullptr) return;
    const auto ways = endpoint_.ways();
    const auto there = std::find_if(ways.begin(), ways.end(), [&](const auto& way) {
        return way.peer == peer && way.path.remote == to;
    });
    if (works || there != ways.end())
        machine->path_validated(to, there == ways.end() ? duration{} : there->path.rtt, now());
    else
        machine->path_failed(to, now());
    turn(*known->second.link);
}

/// A connection of ours more: it goes where the others are, at once.
void reach_service::on_relayed(const endpoint_id& peer, const std::string&, bool is_dialled) {
    const auto known = peers_.find(peer);
    if (is_dialled && known != peers_.end()) known->second.address_at = {};
    look();
}

std::string reach_service::reason_of(const endpoint_id& peer, transport::path_kind kind) const {
    using nat::proto::reach_reason;
    const auto known = peers_.find(peer);
    const bool is_relayed = kind == transport::path_kind::relayed;
    if (is_relayed && options_.relay_only) return to_string(reach_reason::relay_only_by_config);
    if (known == peers_.end()) return "";
    if (is_relayed && known->second.does_not_speak)
        return to_string(reach_reason::peer_does_not_punch);
    const auto* const machine = machine_of(peer);
    if (machine == nullptr && !known->second.direct) return "";
    const auto how = machine == nullptr ? known->second.how : machine->current();
    if (is_relayed) return !is_direct(how.why) ? to_string(how) : "";
    // The address itself shows the rest.
    const bool is_opened = how.why == reach_reason::punched || how.why == reach_reason::port_mapped;
    return is_opened ? to_string(how) : "";
}

std::optional<ip_endpoint> reach_service::direct_of(const endpoint_id& peer) const {
    const auto known = peers_.find(peer);
    if (known == peers_.end()) return std::nullopt;
    const auto* const machine = machine_of(peer);
    return machine == nullptr ? known->second.direct : machine->direct_remote();
}

// --- time ---

void reach_service::on_deadline(time_point now) {
    std::vector<std::shared_ptr<reach_link>> due;
    for (auto& [peer, known] : peers_)
        if (known.link && known.link->machine() != nullptr
            && known.link->machine()->next_deadline() <= now)
            due.push_back(known.link);
    for (const auto& link : due) {
        link->machine()->handle_deadline(now);
        turn(*link);
    }
    if (now >= look_at_) look();
    arm();
}

void reach_service::arm() {
    time_point next = look_at_;
    for (const auto& [peer, known] : peers_)
        if (known.link && known.link->machine() != nullptr)
            next = std::min(next, known.link->machine()->next_deadline());
    timer_.arm(next);
}

// --- for people, and the audit ---

std::vector<reach_view> reach_service::list() const {
    std::vector<reach_view> all;
    for (const auto& [peer, known] : peers_)
        if (const auto view = find(peer)) all.push_back(*view);
    return all;
}

std::optional<reach_view> reach_service::find(const endpoint_id& peer) const {
    const auto known = peers_.find(peer);
    if (known == peers_.end()) return std::nullopt;
    reach_view view;
    view.peer = peer;
    if (known->second.link) view.relay = known->second.link->relay();
    if (const auto* const machine = machine_of(peer)) {
        view.how = machine->current();
        view.direct = machine->direct_remote();
        view.counts = machine->counts();
    } else if (known->second.direct) {
        view.how = known->second.how;
        view.direct = known->second.direct;
    } else if (known->second.does_not_speak) {
        view.how.why = nat::proto::reach_reason::peer_does_not_punch;
    }
    return view;
}

std::vector<const transport::connection*> reach_service::owned() const {
    std::vector<const transport::connection*> all;
    for (const auto& [peer, known] : peers_)
        if (known.link && known.link->connection() != nullptr)
            all.push_back(known.link->connection());
    return all;
}

}  // namespace meshhost::reach
