// SPDX-License-Identifier: Apache-2.0
#include "sim/sim_network.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::sim {
namespace {

constexpr duration answer_patience = 1500ms;  // to a ping that asks for an answer
constexpr duration first_retry = 1s;  // of a dial: RFC 9002 §6.2.4 with nothing known of the path

duration scaled(duration whole, double part) {
    return duration(static_cast<duration::rep>(static_cast<double>(whole.count()) * part));
}

std::uint8_t other(std::uint8_t end) {
    return end ^ 1U;
}

}  // namespace

sim_network::sim_network(
    const scenario& settings,
    std::uint64_t seed,
    link_model& links,
    event_schedule& schedule,
    network_events& events
)
    : settings_(settings.transport)
    , model_(links)
    , schedule_(schedule)
    , events_(events)
    , detection_(seed, purpose::detection)
    , of_node_(settings.nodes)
    , on_(settings.nodes)
    , reading_speed_(settings.nodes)
    , reading_until_(settings.nodes) {}

// --- links ---------------------------------------------------------------------------------------

sim_network::link_place sim_network::place_of(node_index from, node_index to) {
    const std::uint64_t low = std::min(from, to);
    const std::uint64_t high = std::max(from, to);
    const auto [found, is_new] =
        by_pair_.try_emplace(low << 32 | high, static_cast<link_index>(links_.size()));
    const link_index index = found->second;
    if (is_new) {
        link& fresh = links_.emplace_back();
        fresh.ends[0].node = static_cast<node_index>(low);
        fresh.ends[1].node = static_cast<node_index>(high);
        of_node_[low].push_back({index, 0});
        of_node_[high].push_back({index, 1});
    }
    return {index, static_cast<std::uint8_t>(from < to ? 0 : 1)};
}

void sim_network::schedule_at(
    time_point at,
    event_kind kind,
    link_place where,
    life_number life,
    std::uint64_t detail
) {
    schedule_.schedule(at, {kind, where.end, false, where.link, life, detail});
}

void sim_network::handle(const event& what, time_point now) {
    const link_place where{what.subject, what.end};
    switch (what.kind) {
    case event_kind::dial:
        return attempt_dial(where, what.life, what.detail, now);
    case event_kind::dial_expired:
        return expire_dial(where, what.life);
    case event_kind::dialed:
        if (links_[where.link].ends[where.end].dialing == what.life)
            bring_up(where, what.life, now);
        return;
    case event_kind::accepted:
        return bring_up(where, what.life, now);
    case event_kind::frame:
        return deliver(where, what.life, static_cast<std::uint32_t>(what.detail));
    case event_kind::closed:
        return take_down(
            where,
            what.life,
            what.is_clean ? proto::link_end::closed : proto::link_end::lost,
            now
        );
    case event_kind::silence: {
        const end_state& end = links_[where.link].ends[where.end];
        const auto since = static_cast<std::uint64_t>(end.deaf_since.time_since_epoch().count());
        if (end.is_deaf && since == what.detail)
            take_down(where, what.life, proto::link_end::lost, now);
        return;
    }
    default:
        return;
    }
}

// --- dialling ------------------------------------------------------------------------------------

void sim_network::dial(node_index from, node_index to, time_point now) {
    const link_place where = place_of(from, to);
    link& between = links_[where.link];
    end_state& mine = between.ends[where.end];
    if (mine.up != 0 || mine.dialing != 0) return;
    // Who dial each other at the same time end up with one link, over two connections.
    const life_number theirs = between.ends[other(where.end)].dialing;
    mine.dialing = theirs > mine.over ? theirs : ++between.lives;
    attempt_dial(where, mine.dialing, 0, now);
}

void sim_network::attempt_dial(
    link_place where,
    life_number life,
    std::uint64_t attempt,
    time_point now
) {
    const link& between = links_[where.link];
    const node_index from = between.ends[where.end].node;
    const node_index to = between.ends[other(where.end)].node;
    if (between.ends[where.end].dialing != life) return;
    if (on_[to] && model_.handshake_succeeds(from, to)) {
        const duration one_way = model_.latency(from, to);
        const link_place there{where.link, other(where.end)};
        schedule_at(now + 2 * one_way, event_kind::dialed, where, life);
        schedule_at(now + 3 * one_way, event_kind::accepted, there, life);
        lane& out = links_[where.link].ends[where.end].out;
        out.last_arrival = std::max(out.last_arrival, now + 3 * one_way);
        return;
    }
    const duration spent = first_retry * ((1LL << attempt) - 1);
    const duration wait = first_retry * (1LL << attempt);
    if (spent + wait < settings_.dial_timeout)
        schedule_at(now + wait, event_kind::dial, where, life, attempt + 1);
    else
        schedule_at(now + settings_.dial_timeout - spent, event_kind::dial_expired, where, life);
}

void sim_network::expire_dial(link_place where, life_number life) {
    link& between = links_[where.link];
    end_state& mine = between.ends[where.end];
    if (mine.dialing != life) return;
    mine.dialing = 0;
    events_.dial_failed(mine.node, between.ends[other(where.end)].node);
}

void sim_network::bring_up(link_place where, life_number life, time_point now) {
    link& between = links_[where.link];
    end_state& mine = between.ends[where.end];
    if (!on_[mine.node] || life <= mine.over || life <= mine.up) return;
    forget_stalled(mine.out);
    mine.up = life;
    mine.over = life - 1;
    mine.dialing = 0;
    mine.is_deaf = false;
    const node_index peer = between.ends[other(where.end)].node;
    events_.link_up(mine.node, peer, proto::link_instance(life));
    check_hearing(where, now);
}

// --- the ends of links ---------------------------------------------------------------------------

void sim_network::close(
    node_index from,
    node_index to,
    proto::link_instance instance,
    time_point now
) {
    const link_place where = place_of(from, to);
    const auto life = static_cast<life_number>(instance.value);
    if (links_[where.link].ends[where.end].up != life) return;
    announce_close(where, true, now);
    event at_home{event_kind::closed, where.end, true, where.link, life, 0};
    schedule_.schedule(now + model_.round_trip(from, to), at_home);
}

void sim_network::check(node_index from, node_index to, time_point now) {
    const link_place where = place_of(from, to);
    const end_state& mine = links_[where.link].ends[where.end];
    if (mine.up == 0 || !mine.is_deaf) return;
    const auto since = static_cast<std::uint64_t>(mine.deaf_since.time_since_epoch().count());
    schedule_at(now + answer_patience, event_kind::silence, where, mine.up, since);
}

/// Tells the other end, behind everything that is on its way there.
void sim_network::announce_close(link_place of, bool is_clean, time_point at) {
    end_state& mine = links_[of.link].ends[of.end];
    const node_index peer = links_[of.link].ends[other(of.end)].node;
    if (model_.is_blocked(mine.node, peer)) return;
    const time_point arrival =
        std::max(mine.out.last_arrival, at + model_.latency(mine.node, peer));
    schedule_.schedule(arrival, {event_kind::closed, other(of.end), is_clean, of.link, mine.up, 0});
}

void sim_network::take_down(
    link_place where,
    life_number life,
    proto::link_end how,
    time_point now
) {
    link& between = links_[where.link];
    end_state& mine = between.ends[where.end];
    if (!on_[mine.node] || mine.up != life) return;
    mine.up = 0;
    mine.over = life;
    mine.is_deaf = false;
    forget_stalled(mine.out);
    const end_state& theirs = between.ends[other(where.end)];
    const link_place there{where.link, other(where.end)};
    events_.link_down(mine.node, theirs.node, proto::link_instance(life), how);
    check_hearing(there, now);
}

// --- power ---------------------------------------------------------------------------------------

void sim_network::power_on(node_index node) {
    on_[node] = true;
}

void sim_network::power_off(node_index node, detection noticed, bool is_clean, time_point now) {
    for (const link_place where : of_node_[node]) {
        link& between = links_[where.link];
        end_state& mine = between.ends[where.end];
        if (mine.up != 0 && (is_clean || noticed == detection::at_once))
            announce_close(where, is_clean, now);
        mine.up = 0;
        mine.dialing = 0;
        mine.over = between.lives;
        forget_stalled(mine.out);
    }
    on_[node] = false;
    for (const link_place where : of_node_[node])
        check_hearing({where.link, other(where.end)}, now);
}

void sim_network::set_reading_speed(node_index node, std::uint32_t bytes_per_second) {
    reading_speed_[node] = bytes_per_second;
}

// --- hearing -------------------------------------------------------------------------------------

/// Whether the end at `where`, whose link is up, still gets anything from the other one.
bool sim_network::can_hear(link_place where) const {
    const link& between = links_[where.link];
    const end_state& mine = between.ends[where.end];
    const end_state& theirs = between.ends[other(where.end)];
    return on_[theirs.node] && theirs.over < mine.up && !model_.is_blocked(theirs.node, mine.node);
}

void sim_network::check_hearing(link_place where, time_point now) {
    end_state& mine = links_[where.link].ends[where.end];
    if (mine.up == 0) return;
    const bool deaf = !can_hear(where);
    if (deaf == mine.is_deaf) return;
    mine.is_deaf = deaf;
    if (!deaf) return;
    mine.deaf_since = now;
    // The last packet came up to a keep-alive interval ago.
    const auto since = static_cast<std::uint64_t>(now.time_since_epoch().count());
    const double age = detection_.unit(where.link * 2ULL + where.end, since);
    const duration left = settings_.idle_timeout - scaled(settings_.keep_alive, age);
    schedule_at(now + left, event_kind::silence, where, mine.up, since);
}

void sim_network::cuts_changed(time_point now) {
    for (link_index index = 0; index < links_.size(); ++index) {
        for (const std::uint8_t end : {std::uint8_t{0}, std::uint8_t{1}}) {
            check_hearing({index, end}, now);
            release_stalled({index, end}, now);
        }
    }
}

// --- frames --------------------------------------------------------------------------------------

void sim_network::send(node_index from, node_index to, proto::shared_bytes frame, time_point now) {
    const link_place where = place_of(from, to);
    end_state& mine = links_[where.link].ends[where.end];
    if (mine.up == 0 || mine.out.queued >= settings_.queue_frames) return events_.frame_dropped();
    ++mine.out.queued;
    const std::uint32_t slot = store(std::move(frame));
    if (!model_.is_blocked(from, to)) return transmit(where, slot, now);
    if (mine.out.stalled.empty()) mine.out.blocked_since = now;
    mine.out.stalled.push_back(slot);
}

/// Schedules the arrival of a frame that leaves at `sent`, which may be later than now.
void sim_network::transmit(link_place from, std::uint32_t slot, time_point sent) {
    end_state& mine = links_[from.link].ends[from.end];
    const node_index to = links_[from.link].ends[other(from.end)].node;
    const std::size_t bytes = frames_[slot].size();
    time_point arrival = sent + model_.latency(mine.node, to) + model_.delay(mine.node, to, bytes);
    if (const std::uint32_t speed = reading_speed_[to]; speed != 0) {
        const auto reading = std::chrono::duration<double>(static_cast<double>(bytes) / speed);
        arrival =
            std::max(arrival, reading_until_[to]) + std::chrono::duration_cast<duration>(reading);
        reading_until_[to] = arrival;
    }
    mine.out.last_arrival = std::max(arrival, mine.out.last_arrival);
    schedule_at(
        mine.out.last_arrival,
        event_kind::frame,
        {from.link, other(from.end)},
        mine.up,
        slot
    );
}

void sim_network::deliver(link_place where, life_number life, std::uint32_t slot) {
    link& between = links_[where.link];
    const end_state& mine = between.ends[where.end];
    end_state& theirs = between.ends[other(where.end)];
    const node_index from = theirs.node;
    --theirs.out.queued;
    const proto::shared_bytes frame = take(slot);
    if (!on_[mine.node] || mine.up != life) return;
    events_.frame_arrived(mine.node, from, proto::link_instance(life), frame);
}

/// A cut is over: what waited goes out with the next probe, whose timeout has doubled meanwhile.
void sim_network::release_stalled(link_place from, time_point now) {
    end_state& mine = links_[from.link].ends[from.end];
    if (mine.out.stalled.empty()) return;
    const node_index to = links_[from.link].ends[other(from.end)].node;
    if (model_.is_blocked(mine.node, to)) return;
    const double part = detection_.unit(from.link, from.end);
    const time_point probe = now + scaled(now - mine.out.blocked_since, part);
    for (const std::uint32_t slot : std::exchange(mine.out.stalled, {}))
        transmit(from, slot, probe);
}

void sim_network::forget_stalled(lane& out) {
    for (const std::uint32_t slot : std::exchange(out.stalled, {})) {
        take(slot);
        --out.queued;
    }
}

std::uint32_t sim_network::store(proto::shared_bytes frame) {
    if (free_slots_.empty()) {
        frames_.push_back(std::move(frame));
        return static_cast<std::uint32_t>(frames_.size() - 1);
    }
    const std::uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    frames_[slot] = std::move(frame);
    return slot;
}

proto::shared_bytes sim_network::take(std::uint32_t slot) {
    free_slots_.push_back(slot);
    return std::exchange(frames_[slot], {});
}

}  // namespace meshhost::sim
