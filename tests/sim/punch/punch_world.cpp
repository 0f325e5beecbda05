// SPDX-License-Identifier: Apache-2.0
#include "sim/punch/punch_world.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace meshhost::sim {

using namespace meshhost::nat::proto;

namespace {

constexpr std::uint16_t port = 5000;
constexpr duration stun_period = 25s;  ///< iroh asks again every 20 to 26 s
constexpr duration stun_gap = 500ms;   ///< while there was no answer yet
constexpr duration stun_patience = 3s;
constexpr duration stun_gap_later = 10s;
constexpr duration freeze_time = 40s;
/// After the faults: the longest wait between rounds that they can have led to, and some rounds.
constexpr duration quiet_time = 700s;
/// Most runs are as they should be long before: then they end, but for one in eight.
constexpr duration first_look = 60s;
constexpr std::uint64_t whole_one_in = 8;

punch_secret secret_of(std::uint64_t seed) {
    prng random(seed);
    punch_secret secret;
    for (auto& byte : secret)
        byte = static_cast<std::uint8_t>(random.below(256));
    return secret;
}

}  // namespace

punch_world::punch_world(const punch_schedule& schedule)
    : schedule_(schedule)
    , random_(schedule.seed ^ 0x70756e6368) {
    const std::uint8_t other_lan = schedule.is_overlapping ? 1 : 2;
    sites_.push_back(std::make_unique<punch_site>(schedule.plans[0], 1, 1, schedule.seed * 64));
    if (!schedule.is_same_site) {
        sites_.push_back(
            std::make_unique<punch_site>(schedule.plans[1], 2, other_lan, schedule.seed * 64 + 1)
        );
    }
    for (host_index i = 0; i < 2; ++i) {
        host& one = hosts_[i];
        const auto role = i == 0 ? punch_role::client : punch_role::server;
        one.machine = std::make_unique<puncher>(role, secret_of(schedule.seed));
        one.site = schedule.is_same_site ? 0 : i;
        one.number = !schedule.is_same_site && schedule.is_overlapping
                         ? std::uint8_t{11}
                         : static_cast<std::uint8_t>(11 + i);
        one.here_since = now_;
    }
}

punch_world::~punch_world() = default;

punch_outcome punch_world::run() {
    for (std::size_t i = 0; i < schedule_.faults.size(); ++i)
        at(schedule_.faults[i].at, fault_event{i});
    for (host_index i = 0; i < 2; ++i) {
        if (schedule_.has_relay_rtt) hosts_[i].machine->set_relay_rtt(2 * schedule_.relay_delay);
        offer(i);
        hosts_[i].machine->start(now_);
        at(1ms, stun_event{i, 0, false, {}, {}});
    }
    drain(0);
    drain(1);
    const time_point end = begin_ + schedule_.faults_end + quiet_time;
    const bool is_whole = schedule_.seed % whole_one_in == 0;
    time_point look = is_whole ? end : begin_ + schedule_.faults_end + first_look;
    while (!queue_.empty() && queue_.next_time() <= end) {
        if (queue_.next_time() > look) {
            if (judge().is_right) break;
            look += first_look;
        }
        auto next = queue_.pop();
        MH_ASSERT(next.at >= now_, "time goes one way");
        now_ = next.at;
        hash_.add(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
        hash_.add(next.event.index());
        happen(next.event);
    }
    return judge();
}

void punch_world::happen(event& what) {
    std::visit([this](auto& one) { on(one); }, what);
}

// --- hosts ---

/// Takes every action, then arms the timer: as a driver does after each input.
void punch_world::drain(host_index of) {
    host& one = hosts_[of];
    while (const auto action = one.machine->poll_action())
        act(of, *action);
    one.machine->check_invariants();
    const time_point next = one.machine->next_deadline();
    if (next != no_deadline && next != one.armed_for) {
        at(std::max<duration>(next - now_, 0ns), timer_event{of, ++one.armed});
    }
    one.armed_for = next;
    const bool both = hosts_[0].is_direct && hosts_[1].is_direct;
    if (both && !direct_after_) direct_after_ = now_ - begin_;
}

void punch_world::act(host_index of, const punch_action& action) {
    const auto other = static_cast<host_index>(1 - of);
    if (const auto* const say = std::get_if<send_control>(&action)) {
        at(schedule_.relay_delay, control_event{other, say->bytes});
    } else if (const auto* const probe = std::get_if<send_probe>(&action)) {
        send(of, probe->to, probe->bytes);
    } else if (const auto* const move = std::get_if<migrate_to>(&action)) {
        MH_ASSERT(of == 0, "only a client migrates");
        begin_move(move->remote);
    } else if (std::holds_alternative<use_relay>(action)) {
        MH_ASSERT(of == 0, "only a client migrates");
        fall_back();
    } else if (const auto* const said = std::get_if<reach_changed>(&action)) {
        hosts_[of].is_direct = is_direct(said->now.why);
        hash_.add(static_cast<std::uint64_t>(said->now.why));
        trace(of, to_string(said->now));
    } else {
        MH_ASSERT(!std::holds_alternative<peer_broke_rule>(action), "both keep the rules");
    }
}

/// Interface addresses, and what was found out since the host is here.
void punch_world::offer(host_index of) {
    host& one = hosts_[of];
    candidate_set all;
    for (const ip_endpoint& address : sites_[one.site]->addresses(one.number, port))
        all.add({address, candidate_kind::interface});
    if (one.reflexive) all.add({*one.reflexive, candidate_kind::reflexive});
    one.machine->set_candidates(all, now_);
}

void punch_world::move_host(host_index of, const site_plan& to) {
    host& one = hosts_[of];
    const auto number = static_cast<std::uint8_t>(sites_.size() + 1);
    sites_.push_back(std::make_unique<punch_site>(to, number, number, schedule_.seed * 64 + number)
    );
    one.site = sites_.size() - 1;
    one.number = 11;
    ++one.life;
    one.reflexive.reset();
    one.traits = {};
    one.here_since = now_;
    offer(of);
    one.machine->set_traits({}, now_);
    one.machine->network_changed(now_);
    at(1ms, stun_event{of, one.life, false, {}, {}});
    drain(of);
}

// --- events ---

void punch_world::on(datagram_event& arrived) {
    ip_endpoint to = arrived.to;
    if (!arrived.is_inside) {
        const auto inner = sites_[arrived.site]->receive(arrived.from, arrived.to, now_);
        if (!inner) return;
        to = *inner;
    }
    const auto reached = host_at(arrived.site, to);
    if (!reached || now_ < hosts_[*reached].frozen_until) return;
    deliver(*reached, arrived.from, to, arrived.what);
}

void punch_world::deliver(
    host_index to,
    const ip_endpoint& from,
    const ip_endpoint& local,
    const payload& what
) {
    if (const auto* const probe = std::get_if<punch_packet>(&what)) {
        hash_.add(bytes_view(*probe));
        hosts_[to].machine->receive_probe(local, from, *probe, now_);
    } else {
        on_quic(to, from, std::get<quic_packet>(what));
    }
    drain(to);
}

void punch_world::on(control_event& arrived) {
    host& one = hosts_[arrived.to];
    one.inbox.push_back(std::move(arrived.bytes));
    if (now_ < one.frozen_until) {
        queue_.schedule(one.frozen_until, control_event{arrived.to, {}});
        return;
    }
    // In order, however often the host stood still.
    while (!one.inbox.empty()) {
        const byte_buffer bytes = std::move(one.inbox.front());
        one.inbox.pop_front();
        if (!bytes.empty()) one.machine->receive_control(bytes, now_);
    }
    drain(arrived.to);
}

void punch_world::on(moved_back_event& arrived) {
    // Unless a direct path is in use again by now.
    if (quic_.remote || !server_remote_) return;
    hosts_[arrived.to].machine->path_failed(*server_remote_, now_);
    server_remote_.reset();
    drain(arrived.to);
}

void punch_world::on(timer_event& due) {
    host& one = hosts_[due.of];
    if (due.armed != one.armed) return;
    if (now_ < one.frozen_until) {
        queue_.schedule(one.frozen_until, due);
        return;
    }
    one.armed_for = no_deadline;
    one.machine->handle_deadline(now_);
    MH_ASSERT(one.machine->next_deadline() > now_, "a timer that was handled is over");
    drain(due.of);
}

void punch_world::on(stun_event& due) {
    host& one = hosts_[due.of];
    if (due.life != one.life) return;
    if (!due.is_reply) {
        const auto first = ask_stun(due.of, 1);
        const auto second = ask_stun(due.of, 2);
        at(2 * delay_of(due.of), stun_event{due.of, due.life, true, first, second});
        const bool is_early = now_ - one.here_since <= 2 * stun_patience;
        const duration gap = is_early ? stun_gap : stun_gap_later;
        at(one.reflexive ? stun_period : gap, stun_event{due.of, due.life, false, {}, {}});
        return;
    }
    nat_traits traits = one.traits;
    if (due.first || due.second) {
        traits.udp_works = known::yes;
        one.reflexive = due.first ? due.first : due.second;
        if (due.first && due.second)
            traits.mapping_varies = *due.first == *due.second ? known::no : known::yes;
    } else if (now_ - one.here_since > stun_patience || one.traits.udp_works == known::no) {
        one.reflexive.reset();
        traits.udp_works = sites_[one.site]->plan().has_v6 ? known::unknown : known::no;
    }
    if (!schedule_.knows_traits) traits = {};
    one.traits = traits;
    offer(due.of);
    one.machine->set_traits(traits, now_);
    drain(due.of);
}

void punch_world::on(fault_event& due) {
    const punch_fault& fault = schedule_.faults[due.index];
    punch_site& site = *sites_[hosts_[fault.host].site];
    trace(fault.host, fmt::format("fault {}", due.index));
    switch (fault.kind) {
    case punch_fault_kind::roam:
        move_host(fault.host, fault.to);
        break;
    case punch_fault_kind::rebind:
        site.rebind(false);
        break;
    case punch_fault_kind::renumber:
        site.rebind(true);
        break;
    case punch_fault_kind::block_udp:
        site.set_blocked(true);
        break;
    case punch_fault_kind::allow_udp:
        site.set_blocked(false);
        break;
    case punch_fault_kind::freeze:
        hosts_[fault.host].frozen_until = now_ + freeze_time;
        break;
    }
}

// --- the end ---

bool punch_world::is_possible() const {
    const punch_site& a = *sites_[hosts_[0].site];
    const punch_site& b = *sites_[hosts_[1].site];
    if (&a == &b) return permits_direct_inside(a, schedule_.is_isolated);
    return permits_direct(a, b);
}

punch_outcome punch_world::judge() const {
    punch_outcome out;
    out.was_possible = is_possible();
    out.direct_after = direct_after_;
    out.trace = hash_.value();
    for (int i = 0; i < 2; ++i) {
        out.said[i] = hosts_[i].machine->current();
        out.probes += hosts_[i].machine->counts().questions_sent;
    }
    out.moves = hosts_[0].machine->counts().moves;
    const auto wrong = [&](std::string what) {
        if (!out.is_right) return;
        out.is_right = false;
        out.what = std::move(what);
    };
    const bool is_client_direct = is_direct(out.said[0].why);
    const bool is_server_direct = is_direct(out.said[1].why);
    if (is_client_direct != is_server_direct) wrong("the two do not agree");
    if (out.was_possible && !is_client_direct) wrong("relayed, where direct is possible");
    if (!out.was_possible && is_client_direct) wrong("direct, where that is impossible");
    if (quic_.remote.has_value() != is_client_direct) wrong("the client is not where it says");
    if (out.was_possible && schedule_.is_calm() && out.direct_after && *out.direct_after > 3s)
        wrong("direct only after a long time");
    std::string why;
    if (!is_client_direct && !says_why(why)) wrong(why);
    return out;
}

/// A final reason on both sides, and the right one where the NATs are known.
bool punch_world::says_why(std::string& what) const {
    const reach_reason client = hosts_[0].machine->current().why;
    const reach_reason server = hosts_[1].machine->current().why;
    const nat_traits& a = hosts_[0].traits;
    const nat_traits& b = hosts_[1].traits;
    const bool is_blocked = a.udp_works == known::no || b.udp_works == known::no;
    const int varying = (a.mapping_varies == known::yes) + (b.mapping_varies == known::yes);
    reach_reason expected = reach_reason::no_answer;
    if (is_blocked) {
        expected = reach_reason::udp_blocked;
    } else if (client == reach_reason::no_candidates) {
        const auto& plan_a = sites_[hosts_[0].site]->plan();
        const auto& plan_b = sites_[hosts_[1].site]->plan();
        const bool share = (plan_a.has_v4 && plan_b.has_v4) || (plan_a.has_v6 && plan_b.has_v6);
        what = "no candidates, it says, and there are";
        return !share;
    } else if (varying == 2) {
        expected = reach_reason::nat_symmetric_both;
    } else if (varying == 1) {
        expected = reach_reason::nat_symmetric_hard;
    }
    what = fmt::format(
        "reasons: the client says {}, the server {}; expected {}",
        to_string(client),
        to_string(server),
        to_string(expected)
    );
    const bool has_failed = client == reach_reason::migration_failed;
    return client == server && (client == expected || has_failed);
}

void punch_world::trace(host_index of, const std::string& what) {
    if (!is_traced_) return;
    const auto after = std::chrono::duration<double>(now_ - begin_).count();
    std::fprintf(stderr, "%10.3f s  %s  %s\n", after, of == 0 ? "client" : "server", what.c_str());
}

}  // namespace meshhost::sim
