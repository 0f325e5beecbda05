// SPDX-License-Identifier: Apache-2.0
#include "sim/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace meshhost::sim {
namespace {

constexpr duration goodbye_lasts = 1s;  // from leaving a topic to the end of the process
constexpr duration judged_after = 30s;  // how long a message may take before it is missed
constexpr duration tables_looked_at_every = 10s;
constexpr std::uint64_t events_per_report = 1 << 20;
// More events in one simulated second than this, and somebody talks in circles.
constexpr std::uint64_t storm_events_per_node = 20'000;
constexpr std::uint64_t storm_events = 1'000'000;

identity::topic_id the_topic() {
    std::array<std::uint8_t, identity::topic_id::size> bytes{};
    bytes.fill(0x6d);
    return identity::topic_id(bytes);
}

}  // namespace

simulation::simulation(
    const scenario& settings,
    const proto::config& rules,
    std::uint64_t seed,
    const identity_pool& identities,
    proto::id_cache& ids
)
    : settings_(settings)
    , seed_(seed)
    , identities_(identities)
    , end_(settings.length)
    , links_(settings.links, seed)
    , recorder_(settings, seed)
    , network_(settings, seed, links_, schedule_, *this)
    , faults_(settings, seed, links_, network_, *this)
    , around_{identities, rules, ids, the_topic(), network_, schedule_, recorder_}
    , starts_(settings.nodes)
    , is_measuring_(settings.measure_from == time_point{}) {
    for (node_index node = 0; node < settings.nodes; ++node)
        nodes_.emplace_back(node, around_);
    if (!settings.digests.enabled) return;
    digests_.emplace(settings, seed, identities, links_, network_, schedule_, nodes_);
    around_.user = &*digests_;
}

run_record simulation::run(const std::function<void(const progress&)>& report) {
    plan();
    std::uint64_t events = 0;
    while (!schedule_.empty() && schedule_.next_time() <= end_) {
        const auto next = schedule_.pop();
        now_ = next.at;
        handle(next.event);
        recorder_.event_done();
        if (++events % events_per_report == 0) report({now_, events});
        if (is_storm()) break;
    }
    for (node_index node = 0; node < settings_.nodes; ++node) {
        if (!nodes_[node].is_on()) continue;
        const auto eager = nodes_[node].eager_peers();
        for (overlay_entry& entry : recorder_.mesh().views[node])
            entry.eager = std::find(eager.begin(), eager.end(), entry.to) != eager.end();
    }
    run_record record = std::move(recorder_).finish(std::min(end_, std::max(now_, time_point{})));
    if (digests_) digests_->measure(record);
    return record;
}

// --- the plan ------------------------------------------------------------------------------------

void simulation::plan() {
    plan_joins();
    plan_traffic();
    plan_faults();
    plan_churn();
    for (time_point at{settings_.sample_every}; at <= end_; at += settings_.sample_every)
        schedule_.schedule(at, {event_kind::sample});
}

void simulation::plan_joins() {
    for (node_index node = 0; node < settings_.nodes; ++node) {
        const std::uint32_t joiners_before =
            node < settings_.join.contacts ? 0 : node - settings_.join.contacts;
        const time_point at = time_point{} + settings_.join.spacing * joiners_before;
        schedule_.schedule(at, {event_kind::join, 0, false, node});
    }
}

void simulation::plan_traffic() {
    for (std::uint32_t series = 0; series < settings_.traffic.size(); ++series) {
        const traffic_settings& traffic = settings_.traffic[series];
        for (std::uint32_t round = 0; round < traffic.rounds; ++round) {
            const time_point at = traffic.start + traffic.interval * round;
            if (traffic.senders == sender_choice::each) {
                plan_clocks(series, round, at);
            } else {
                schedule_.schedule(at, {event_kind::broadcast, 0, false, series, 0, round});
            }
        }
    }
}

/// A node's clock has the same phase in each round.
void simulation::plan_clocks(std::uint32_t series, std::uint32_t round, time_point at) {
    const draw phase(seed_, purpose::traffic);
    const auto interval = static_cast<double>(settings_.traffic[series].interval.count());
    for (node_index node = 0; node < settings_.nodes; ++node) {
        const double part = phase.unit(series, node) * interval;
        const time_point tick = at + duration(static_cast<duration::rep>(part));
        schedule_.schedule(tick, {event_kind::tick, 0, false, node, series, round});
    }
}

void simulation::plan_faults() {
    for (std::uint32_t fault = 0; fault < settings_.faults.size(); ++fault) {
        const fault_settings& what = settings_.faults[fault];
        schedule_.schedule(what.at, {event_kind::fault_begins, 0, false, fault});
        schedule_.schedule(
            what.at + fault_injector::duration_of(what),
            {event_kind::fault_ends, 0, false, fault}
        );
    }
}

void simulation::plan_churn() {
    if (settings_.churn.to <= settings_.churn.from) return;
    for (node_index node = settings_.join.contacts; node < settings_.nodes; ++node) {
        const time_point at = settings_.churn.from + churn_time(node, settings_.churn.stays);
        schedule_.schedule(at, {event_kind::depart, 0, false, node});
    }
}

/// Exponential: leaving does not depend on how long a node has been there.
duration simulation::churn_time(node_index node, duration mean) {
    const double unit = draw(seed_, purpose::churn).unit(node, starts_[node]);
    const double share = -std::log(1 - unit);
    return std::chrono::duration_cast<duration>(
        std::chrono::duration<double, std::nano>(static_cast<double>(mean.count()) * share)
    );
}

// --- events --------------------------------------------------------------------------------------

void simulation::handle(const event& what) {
    trace_hash& trace = recorder_.trace();
    trace.add(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
    trace.add(
        static_cast<std::uint64_t>(what.kind) << 40 | std::uint64_t{what.end} << 32 | what.subject
    );
    if (what.kind <= event_kind::come_back)
        handle_node(what);
    else if (what.kind <= event_kind::silence)
        network_.handle(what, now_);
    else if (what.kind <= event_kind::sync_fails)
        digests_->handle(what, now_);
    else
        handle_world(what);
}

void simulation::handle_node(const event& what) {
    sim_node& node = nodes_[what.subject];
    switch (what.kind) {
    case event_kind::timer:
        if (node.life() == what.life)
            node.timer(time_point(duration(static_cast<duration::rep>(what.detail))), now_);
        return;
    case event_kind::member_timer:
    case event_kind::member_change:
    case event_kind::member_forges:
        return digests_->handle(what, now_);
    case event_kind::join:
    case event_kind::come_back:
        return start(what.subject);
    case event_kind::depart:
        return depart(what.subject);
    case event_kind::vanish:
        if (node.life() == what.life) stop(what.subject, detection::at_once, true);
        return;
    default:
        return;
    }
}

void simulation::handle_world(const event& what) {
    switch (what.kind) {
    case event_kind::broadcast:
        return broadcast(what.subject, static_cast<std::uint32_t>(what.detail));
    case event_kind::tick:
        return broadcast_from(what.subject, what.life, static_cast<std::uint32_t>(what.detail));
    case event_kind::judge:
        return judge(what.detail);
    case event_kind::fault_begins:
        disturbed();
        return faults_.begin(what.subject, now_);
    case event_kind::fault_ends:
        faults_.end(what.subject, now_);
        disturbed();
        return recorder_.healed(now_);
    case event_kind::sample:
        return sample();
    default:
        return;
    }
}

void simulation::start(node_index node) {
    if (nodes_[node].is_on()) return;
    std::vector<identity::endpoint_id> contacts;
    for (node_index contact = 0; contact < settings_.join.contacts; ++contact) {
        if (contact != node) contacts.push_back(identities_.id(contact));
    }
    const std::uint64_t seed = draw(seed_, purpose::node_seed).bits(node, ++starts_[node]);
    network_.power_on(node);
    recorder_.node_up(node, now_);
    recorder_.disturbed(now_);
    if (starts_[node] == 1) recorder_.joined(now_);
    nodes_[node].start(contacts, prng(seed), now_);
    if (digests_) digests_->started(node, starts_[node], now_);
}

void simulation::depart(node_index node) {
    if (now_ > settings_.churn.to) return;
    const duration away = churn_time(node, settings_.churn.away);
    schedule_.schedule(now_ + goodbye_lasts + away, {event_kind::come_back, 0, false, node});
    const duration stays = churn_time(node, settings_.churn.stays);
    schedule_.schedule(now_ + goodbye_lasts + away + stays, {event_kind::depart, 0, false, node});
    if (!nodes_[node].is_on()) return;
    recorder_.disturbed(now_);
    const draw manners(seed_, purpose::manners);
    if (manners.unit(node, starts_[node]) >= settings_.churn.polite)
        return stop(node, detection::idle_timeout, false);
    if (digests_) digests_->leaves(node, now_);
    nodes_[node].leave(now_);
    schedule_.schedule(
        now_ + goodbye_lasts,
        {event_kind::vanish, 0, false, node, nodes_[node].life()}
    );
}

void simulation::stop(node_index node, detection noticed, bool is_clean) {
    network_.power_off(node, noticed, is_clean, now_);
    if (digests_) digests_->stopped(node, now_);
    nodes_[node].stop();
    recorder_.node_down(node, now_);
}

void simulation::crash(node_index node, detection noticed, time_point) {
    stop(node, noticed, false);
}

void simulation::forges(node_index node, bool does, time_point now) {
    if (digests_ && nodes_[node].is_on()) digests_->forges(node, does, now);
}

void simulation::start_again(node_index node, time_point at) {
    schedule_.schedule(at, {event_kind::come_back, 0, false, node});
}

// --- traffic -------------------------------------------------------------------------------------

void simulation::broadcast(std::uint32_t series, std::uint32_t round) {
    const sender_choice senders = settings_.traffic[series].senders;
    if (senders == sender_choice::all) {
        for (node_index node = 0; node < settings_.nodes; ++node)
            broadcast_from(node, series, round);
        return;
    }
    const draw choice(seed_, purpose::traffic);
    const std::uint64_t turn = senders == sender_choice::one ? 0 : round;
    // The same sender in each round, or another one; whoever is down or leaving is passed over.
    for (std::uint64_t attempt = 0; attempt < settings_.nodes; ++attempt) {
        const std::uint64_t drawn = choice.bits(series << 16 | attempt, turn);
        const auto node = static_cast<node_index>(drawn % settings_.nodes);
        if (!nodes_[node].is_member()) continue;
        return broadcast_from(node, series, round);
    }
}

void simulation::broadcast_from(node_index node, std::uint32_t series, std::uint32_t round) {
    recorder_.disturbed(now_);
    if (!nodes_[node].is_member()) return;
    const auto bytes = settings_.traffic[series].bytes;
    const message_number number = nodes_[node].broadcast(series, round, bytes, now_);
    const time_point by = std::min(now_ + judged_after, end_);
    schedule_.schedule(by, {event_kind::judge, 0, false, 0, 0, number});
}

void simulation::judge(message_number number) {
    recorder_.deliveries().judge(number, [&](node_index node, time_point sent) {
        return recorder_.is_up_since(node, sent);
    });
}

void simulation::disturbed() {
    recorder_.disturbed(now_);
    if (digests_) digests_->disturbed(now_);
}

// --- looking -------------------------------------------------------------------------------------

void simulation::sample() {
    if (!is_measuring_ && now_ >= settings_.measure_from) {
        is_measuring_ = true;
        recorder_.begin_measuring(now_);
        if (digests_) digests_->begin_measuring();
    }
    if (now_ - looked_at_ >= tables_looked_at_every) {
        looked_at_ = now_;
        look_into_nodes();
    }
    if (digests_) digests_->sample(now_);
    recorder_.sample(now_);
}

void simulation::look_into_nodes() {
    for (const sim_node& node : nodes_) {
        if (!node.is_on()) continue;
        node.check_invariants();
        recorder_.table_entries(node.table_entries());
    }
}

bool simulation::is_storm() {
    if (now_ - second_began_ >= 1s) {
        second_began_ = now_;
        events_in_second_ = 0;
    }
    if (++events_in_second_ < storm_events + storm_events_per_node * settings_.nodes) return false;
    recorder_.violation(
        fmt::format("{} events in one second: somebody talks in circles", events_in_second_)
    );
    return true;
}

// --- the network's events ------------------------------------------------------------------------

void simulation::link_up(node_index at, node_index peer, proto::link_instance link) {
    nodes_[at].link_up(peer, link, links_.round_trip(at, peer), now_);
}

void simulation::link_down(
    node_index at,
    node_index peer,
    proto::link_instance link,
    proto::link_end how
) {
    nodes_[at].link_down(peer, link, how, now_);
}

void simulation::dial_failed(node_index at, node_index peer) {
    nodes_[at].dial_failed(peer, now_);
}

void simulation::frame_arrived(
    node_index at,
    node_index from,
    proto::link_instance link,
    const proto::shared_bytes& frame
) {
    recorder_.trace().add(frame.view());
    nodes_[at].received(from, link, frame, now_);
}

}  // namespace meshhost::sim
