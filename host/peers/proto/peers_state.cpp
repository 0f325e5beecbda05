// SPDX-License-Identifier: Apache-2.0
// Every input ends in settle(): whatever follows from it is queued there, in one order. What
// records mean is in peers_records.cpp.
#include "peers/proto/peers_state.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::peers::proto {

using identity::endpoint_id;

peers_state::peers_state(
    const identity::secret_key& key,
    std::uint64_t incarnation,
    const config& options,
    prng random,
    time_point now,
    record_verifier& verifier
)
    : options_(options)
    , verifier_(verifier)
    , self_(key, incarnation, now, options)
    , registry_(options)
    , schedule_(key.id(), options, random)
    , links_(key.id(), options)
    , mesh_(key, self_, registry_, options, prng(random.next()), verifier) {}

// --- inputs from this node ---

bool peers_state::name_peer(const identity::endpoint_addr& addr, time_point now) {
    if (addr.id == self().origin) return true;
    if (!registry_.name(addr.id, now)) return false;
    addresses_.name(addr);
    schedule_.want(addr.id, dial_priority::named, now);
    if (links_.best(addr.id) != nullptr) schedule_.hold(addr.id);
    schedule_.wake(addr.id, now);
    settle(now);
    return true;
}

void peers_state::unname_peer(const endpoint_id& peer, time_point now) {
    registry_.unname(peer);
    addresses_.unname(peer);
    settle(now);
}

error_code peers_state::describe(const self_description& what, time_point now) {
    const error_code error = self_.describe(what);
    settle(now);
    return error;
}

error_code peers_state::set_contribution(const contribution& item, time_point now) {
    const error_code error = self_.set_contribution(item);
    settle(now);
    return error;
}

error_code peers_state::clear_contribution(
    std::string_view role,
    std::string_view key,
    time_point now
) {
    const error_code error = self_.clear_contribution(role, key);
    settle(now);
    return error;
}

void peers_state::set_state(node_state state, time_point now) {
    if (!leave_by_) self_.set_state(state);
    settle(now);
}

void peers_state::set_load(load_class load, time_point now) {
    self_.set_load(load);
    settle(now);
}

/// They go with a record that goes anyway.
void peers_state::set_meters(const node_meters& meters) {
    self_.set_meters(meters);
}

void peers_state::stop(time_point now) {
    if (leave_by_) return;
    leave_by_ = now + options_.leave_wait;
    self_.set_state(node_state::left);
    links_.for_each([this](digest_link& link) {
        if (link.phase() != link_phase::ready) close(link, close_code::leaving);
    });
    settle(now);
}

// --- inputs from the driver ---

std::optional<link_id> peers_state::link_accepted(const endpoint_id& peer, time_point now) {
    if (links_.is_full()) return std::nullopt;
    digest_link& link = links_.add(peer);
    link.accept(now);
    if (leave_by_) {
        close(link, close_code::leaving);
    } else if (peer == self().origin) {
        close(link, close_code::same_identity);
    } else {
        schedule_.hold(peer);
        resolve_duplicates(peer);
    }
    settle(now);
    return link.id();
}

void peers_state::link_ready(link_id id, const std::optional<ip_endpoint>& remote, time_point now) {
    digest_link* const link = links_.find(id);
    if (link == nullptr || link->phase() == link_phase::closing) return;
    if (link->is_dial_pending()) schedule_.connected(link->peer());
    link->become_ready(remote, now);
    registry_.connected(link->peer());
    settle(now);
}

void peers_state::link_received(link_id id, bytes_view data, time_point now) {
    digest_link* const link = links_.find(id);
    if (link == nullptr || link->phase() != link_phase::ready) return;
    link->feed(data);
    while (link->phase() == link_phase::ready) {
        const auto message = link->poll_message(now);
        if (!message) break;
        receive(*link, *message, now);
    }
    if (link->fault() != close_code::unspecified) close(*link, link->fault());
    settle(now);
}

void peers_state::link_blocked(link_id id) {
    if (digest_link* const link = links_.find(id)) link->set_blocked(true);
}

void peers_state::link_writable(link_id id, time_point now) {
    if (digest_link* const link = links_.find(id)) link->set_blocked(false);
    settle(now);
}

void peers_state::link_fault(link_id id, close_code code, time_point now) {
    if (digest_link* const link = links_.find(id)) close(*link, code);
    settle(now);
}

void peers_state::link_down(link_id id, const link_end& end, time_point now) {
    digest_link* const found = links_.find(id);
    if (found == nullptr) return;
    const digest_link link = std::move(*found);
    links_.erase(id);
    if (link.is_dial_pending()) schedule_.failed(link.peer(), now);
    if (links_.best(link.peer()) == nullptr) conclude(link, end, now);
    settle(now);
}

// --- inputs from the mesh ---

void peers_state::mesh_joined(time_point now) {
    mesh_.join(now);
    settle(now);
}

void peers_state::mesh_neighbor_up(const endpoint_id& peer, time_point now) {
    mesh_.neighbor_up(peer, now);
    settle(now);
}

void peers_state::mesh_neighbor_down(
    const endpoint_id& peer,
    bool is_lost,
    time_point now,
    loss_kind how
) {
    mesh_.neighbor_down(peer, is_lost, now, how);
    settle(now);
}

void peers_state::mesh_lagged(const std::vector<endpoint_id>& neighbors, time_point now) {
    mesh_.lagged(neighbors, now);
    settle(now);
}

void peers_state::mesh_received(bytes_view content, time_point now) {
    mesh_.receive(content, now);
    settle(now);
}

void peers_state::mesh_sync_received(sync_exchange& exchange, bytes_view data, time_point now) {
    exchange.receive(data, now);
    settle(now);
}

void peers_state::mesh_sync_ended(bool had_news, time_point now) {
    mesh_.sync_ended(had_news, now);
    settle(now);
}

sync_exchange peers_state::make_exchange(const endpoint_id& peer) {
    return {mesh_, peer, options_.peers_max};
}

// --- what follows ---

void peers_state::close(digest_link& link, close_code code, std::string reason) {
    if (link.phase() == link_phase::closing) return;
    link.become_closing(code, reason);
    outputs_.push_back(close_output{link.id(), code, std::move(reason)});
}

void peers_state::resolve_duplicates(const endpoint_id& peer) {
    while (digest_link* const loser = links_.superseded(peer))
        close(*loser, close_code::superseded);
}

void peers_state::settle(time_point now) {
    self_.observe(now);
    if (!leave_by_) start_dials(now);
    send_frames(now);
    talk_to_mesh(now);
    if (leave_by_) finish_leaving(now);
    report_changes();
}

void peers_state::start_dials(time_point now) {
    while (!links_.is_full()) {
        const auto peer = schedule_.take_due(now);
        if (!peer) return;
        digest_link& link = links_.add(*peer);
        link.dial();
        outputs_.push_back(dial_output{link.id(), addresses_.find(*peer)});
    }
}

void peers_state::send_frames(time_point now) {
    links_.for_each([this, now](digest_link& link) {
        while (auto frame = link.poll_frame(self_, now))
            outputs_.push_back(send_output{link.id(), std::move(*frame)});
    });
}

void peers_state::talk_to_mesh(time_point now) {
    while (auto output = mesh_.poll(now))
        outputs_.push_back(std::move(*output));
}

void peers_state::finish_leaving(time_point now) {
    links_.for_each([this, now](digest_link& link) {
        if (link.is_settled(self_) || now >= *leave_by_) close(link, close_code::leaving);
    });
    if (links_.size() > 0 || is_stopped_) return;
    is_stopped_ = true;
    outputs_.push_back(stopped_output{});
}

void peers_state::report_changes() {
    using extent = registry_change::extent;
    while (const auto change = registry_.poll_change()) {
        if (change->what == extent::forgotten) {
            forget(change->peer);
            outputs_.push_back(peer_forgotten_output{change->peer});
        } else {
            outputs_.push_back(peer_changed_output{change->peer, change->what == extent::state});
        }
    }
    if (reported_revision_ == self_.revision()) return;
    reported_revision_ = self_.revision();
    outputs_.push_back(self_changed_output{});
}

void peers_state::forget(const endpoint_id& peer) {
    schedule_.forget(peer);
    addresses_.forget(peer);
    links_.for_each([this, &peer](digest_link& link) {
        if (link.peer() != peer || !link.is_dial_pending()) return;
        link.forget_dial();
        close(link, close_code::too_many);
    });
}

// --- the machine ---

std::optional<peers_output> peers_state::poll_output() {
    if (outputs_.empty()) return std::nullopt;
    peers_output next = std::move(outputs_.front());
    outputs_.pop_front();
    return next;
}

std::optional<time_point> peers_state::next_deadline() const {
    std::optional<time_point> earliest;
    const auto consider = [&earliest](const std::optional<time_point>& at) {
        if (at) earliest = earliest ? std::min(*earliest, *at) : *at;
    };
    if (!leave_by_ && !links_.is_full()) consider(schedule_.next_deadline());
    if (!is_stopped_) consider(mesh_.next_deadline());
    links_.for_each([&](const digest_link& link) {
        if (link.phase() == link_phase::closing) return;
        consider(link.next_deadline(self_));
        consider(leave_by_);
    });
    return earliest;
}

void peers_state::handle_deadline(time_point now) {
    links_.for_each([this, now](digest_link& link) {
        const close_code code = link.overdue(now);
        if (code != close_code::unspecified) close(link, code);
    });
    mesh_.handle_deadline(now);
    settle(now);
}

void peers_state::check_invariants() const {
    registry_.check_invariants();
    schedule_.check_invariants();
    links_.check_invariants();
    MH_ASSERT(schedule_.size() <= registry_.size(), "only known peers are dialled");
    MH_ASSERT(addresses_.size() <= registry_.size(), "only known peers have addresses");
    std::size_t pending = 0;
    links_.for_each([&pending](const digest_link& link) { pending += link.is_dial_pending(); });
    MH_ASSERT(pending == schedule_.in_flight(), "every dial in flight has its link");
}

}  // namespace meshhost::peers::proto
