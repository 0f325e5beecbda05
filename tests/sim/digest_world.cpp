// SPDX-License-Identifier: Apache-2.0
#include "sim/digest_world.hpp"

#include <cmath>

namespace meshhost::sim {

namespace {

using gossip::proto::broadcast_options;
using gossip::proto::urgency;

peers::proto::config options_of(const scenario& settings) {
    peers::proto::config options;
    options.peers_max = settings.nodes + 1;
    options.emit_interval = settings.digests.emit_interval;
    return options;
}

}  // namespace

digest_world::digest_world(
    const scenario& settings,
    std::uint64_t seed,
    const identity_pool& identities,
    link_model& links,
    sim_network& network,
    event_schedule& schedule,
    std::vector<sim_node>& nodes
)
    : settings_(settings)
    , seed_(seed)
    , identities_(identities)
    , network_(network)
    , schedule_(schedule)
    , nodes_(nodes)
    , options_(options_of(settings))
    , fabric_(links, schedule, members_)
    , watch_(members_, links, settings.nodes) {
    members_.reserve(settings.nodes);
    member_events& self = *this;
    for (node_index node = 0; node < settings.nodes; ++node)
        members_.emplace_back(node, identities, verdicts_, self);
}

void digest_world::started(node_index node, std::uint64_t start, time_point now) {
    now_ = now;
    watch_.started(node, now);
    const std::uint64_t seed = draw(seed_, purpose::member_seed).bits(node, start);
    members_[node].start(options_, prng(seed), now);
    plan_change(node, 0, now);
}

void digest_world::leaves(node_index node, time_point now) {
    now_ = now;
    watch_.disturbed(now);
    members_[node].leave(now);
}

void digest_world::stopped(node_index node, time_point now) {
    members_[node].stop();
    forgers_.erase(node);
    fabric_.forget(node, now);
    watch_.died(node, now);
}

void digest_world::handle(const event& what, time_point now) {
    now_ = now;
    if (what.kind == event_kind::sync_data || what.kind == event_kind::sync_ends
        || what.kind == event_kind::sync_fails)
        return fabric_.handle(what, now);
    if (nodes_[what.subject].life() != what.life || !members_[what.subject].is_on()) return;
    if (what.kind == event_kind::member_timer)
        return members_[what.subject].timer(
            time_point(duration(static_cast<duration::rep>(what.detail))),
            now
        );
    if (what.kind == event_kind::member_forges) return forge(what.subject, what.detail, now);
    members_[what.subject].change(now);
    plan_change(what.subject, what.detail + 1, now);
}

void digest_world::forges(node_index node, bool does, time_point now) {
    now_ = now;
    if (!does) {
        forgers_.erase(node);
        return;
    }
    forgers_.emplace(node, forger(members_[node], identities_));
    forge(node, 0, now);
}

/// Once a second, and of another victim each time.
void digest_world::forge(node_index by, std::uint64_t number, time_point now) {
    const auto found = forgers_.find(by);
    if (found == forgers_.end()) return;
    const auto drawn = draw(seed_, purpose::forgeries).bits(by, number);
    for (const byte_buffer& content :
         found->second.lies_about(static_cast<node_index>(drawn % settings_.nodes), number))
        member_says(by, content, false);
    schedule_.schedule(
        now + 1s,
        {event_kind::member_forges, 0, false, by, nodes_[by].life(), number + 1}
    );
}

/// Exponential: a host does not change on a clock.
void digest_world::plan_change(node_index node, std::uint64_t number, time_point now) {
    const duration mean = settings_.digests.change_every;
    if (mean <= 0s) return;
    const double share = -std::log(1 - draw(seed_, purpose::change).unit(node, number));
    const auto wait = std::chrono::duration_cast<duration>(
        std::chrono::duration<double, std::nano>(static_cast<double>(mean.count()) * share)
    );
    schedule_.schedule(
        now + wait,
        {event_kind::member_change, 0, false, node, nodes_[node].life(), number}
    );
}

void digest_world::begin_measuring() {
    unmeasured_ = {fabric_.bytes(), fabric_.opened()};
}

void digest_world::measure(run_record& record) const {
    watch_.measure(record.metrics);
    if (record.node_seconds <= 0) return;
    const auto each = [&record](std::uint64_t count) {
        return static_cast<double>(count) / record.node_seconds;
    };
    record.metrics.push_back({"cost.sync_bytes_per_s", each(fabric_.bytes() - unmeasured_.bytes)});
    record.metrics.push_back({"cost.syncs_per_s", each(fabric_.opened() - unmeasured_.opened)});
    measure_machines(record);
}

/// Of those that are up at the end, since they started.
void digest_world::measure_machines(run_record& record) const {
    peers::proto::mesh_counts all;
    for (const member& one : members_) {
        if (!one.is_on()) continue;
        const peers::proto::mesh_counts& counts = one.machine().mesh().counts();
        all.records_forged += counts.records_forged;
        all.records_future += counts.records_future;
        all.records_stale += counts.records_stale;
        all.records_refused += counts.records_refused;
        all.unverified += counts.unverified;
        all.records_said += counts.records_said;
        all.record_bytes_said += counts.record_bytes_said;
        all.deltas_said += counts.deltas_said;
        all.delta_bytes_said += counts.delta_bytes_said;
    }
    const auto put = [&record](const char* name, std::uint64_t count) {
        record.metrics.push_back({name, static_cast<double>(count)});
    };
    put("digests.forged", all.records_forged);
    put("digests.future", all.records_future);
    put("digests.stale", all.records_stale);
    put("digests.unreadable", all.records_refused);
    put("digests.unverified", all.unverified);
    const auto put_mean = [&record](const char* name, std::uint64_t sum, std::uint64_t count) {
        if (count == 0) return;
        record.metrics.push_back({name, static_cast<double>(sum) / static_cast<double>(count)});
    };
    put_mean("digests.record_bytes", all.record_bytes_said, all.records_said);
    put_mean("digests.delta_bytes", all.delta_bytes_said, all.deltas_said);
}

// --- from below ----------------------------------------------------------------------------------

void digest_world::node_heard(node_index node, bytes_view content) {
    if (members_[node].is_on()) members_[node].heard(content, now_);
}

void digest_world::node_neighbor_up(node_index node, node_index peer) {
    if (members_[node].is_on()) members_[node].neighbor_up(peer, now_);
}

void digest_world::node_neighbor_down(node_index node, node_index peer, bool is_lost) {
    if (members_[node].is_on()) members_[node].neighbor_down(peer, is_lost, now_);
}

// --- from above ----------------------------------------------------------------------------------

void digest_world::member_says(node_index by, bytes_view content, bool is_urgent) {
    if (!nodes_[by].is_member()) return;
    nodes_[by].say(content, {.how = is_urgent ? urgency::urgent : urgency::low}, now_);
}

void digest_world::member_compares(node_index by, node_index with) {
    fabric_.open(by, with, now_);
}

void digest_world::member_checks(node_index by, node_index whom) {
    network_.check(by, whom, now_);
}

void digest_world::member_judges(node_index by, node_index whom, peers::proto::peer_state state) {
    watch_.judged(by, whom, state, now_);
}

void digest_world::member_signs(node_index by, const peers::proto::digest_version& version) {
    watch_.signed_anew(by, version, now_);
}

void digest_world::member_knows(
    node_index by,
    node_index whom,
    const std::optional<peers::proto::digest_version>& version
) {
    watch_.knows(by, whom, version);
}

void digest_world::member_deadline(node_index of, time_point at) {
    const auto armed = static_cast<std::uint64_t>(at.time_since_epoch().count());
    schedule_.schedule(at, {event_kind::member_timer, 0, false, of, nodes_[of].life(), armed});
}

}  // namespace meshhost::sim
