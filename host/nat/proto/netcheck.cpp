// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/netcheck.hpp"

#include "base/assert.hpp"
#include "identity/keyed_hash.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

namespace {

/// The second socket asks these many: one answer is enough.
constexpr std::size_t second_servers_max = 2;

/// One secret, several purposes.
byte_buffer derive(bytes_view secret, std::string_view purpose) {
    const auto hash = identity::hash_with_secret(secret, as_bytes(purpose));
    return {hash.begin(), hash.end()};
}

finding has_address(ip_family family, const std::vector<ip_endpoint>& local) {
    const bool has = std::any_of(local.begin(), local.end(), [&](const ip_endpoint& one) {
        return one.family == family && !one.is_loopback() && !one.is_link_local();
    });
    return has ? finding::yes : finding::no;
}

bool is_same_host(const ip_endpoint& one, const ip_endpoint& other) noexcept {
    return one.family == other.family && one.address == other.address;
}

}  // namespace

bool netcheck::family_check::are_servers_done() const noexcept {
    return std::all_of(servers.begin(), servers.end(), [](const server& one) {
        return one.is_done();
    });
}

bool netcheck::family_check::is_over() const noexcept {
    if (!are_servers_done()) return false;
    return server_of_two ? discovery && discovery->is_over() : true;
}

netcheck::netcheck(netcheck_plan plan, bytes_view secret)
    : plan_(std::move(plan))
    , main_(derive(secret, "main"), plan_.pace)
    , second_(derive(secret, "second"), plan_.pace) {
    const byte_buffer id = derive(secret, "hairpin");
    std::copy_n(id.begin(), hairpin_id_.size(), hairpin_id_.begin());
    checks_.push_back({ip_family::v4, &report_.v4, {}, {}, {}, {}, {}});
    checks_.push_back({ip_family::v6, &report_.v6, {}, {}, {}, {}, {}});
}

void netcheck::start(time_point now) {
    MH_ASSERT(!is_started_, "started once");
    is_started_ = true;
    started_ = now;
    for (family_check& check : checks_)
        ask(check, now);
    is_second_over_ = second_.under_way() == 0;
    drain_clients(now);
    go_on(now);
}

void netcheck::ask(family_check& check, time_point now) {
    check.report->has_address = has_address(check.family, plan_.local);
    for (const ip_endpoint& at : plan_.servers) {
        // A server on this machine is asked even where there is no network.
        const bool is_reachable = check.report->has_address == finding::yes || at.is_loopback();
        if (at.family != check.family || !is_reachable) continue;
        if (check.servers.size() == netcheck_plan::servers_max) break;
        const bool is_known =
            std::any_of(check.servers.begin(), check.servers.end(), [&](const server& one) {
                return one.at == at;
            });
        if (is_known || !main_.ask({at}, now)) continue;
        check.servers.push_back({at, {}, {}});
        const bool is_for_second =
            check.family == ip_family::v4 && check.servers.size() <= second_servers_max;
        if (is_for_second) (void)second_.ask({at}, now);
    }
    check.report->servers_asked = check.servers.size();
}

void netcheck::drain_clients(time_point now) {
    drain(netcheck_socket::main, now);
    drain(netcheck_socket::second, now);
    is_second_over_ = is_second_over_ || second_seen_ || second_.under_way() == 0;
}

void netcheck::drain(netcheck_socket by, time_point now) {
    while (auto out = client_of(by).poll_output()) {
        if (out->kind == stun_output::what::send) {
            const auto kind = netcheck_output::what::send;
            outputs_.push_back({kind, by, out->server, std::move(out->message)});
        } else {
            settle(by, *out, now);
        }
    }
}

void netcheck::settle(netcheck_socket by, const stun_output& out, time_point now) {
    family_check& check = checks_[out.server.is_v4() ? 0 : 1];
    const auto question = questions_.find({by, out.ticket});
    const bool is_answer = out.kind == stun_output::what::answered;
    if (question != questions_.end()) {
        if (is_answer) {
            check.discovery->handle_answer(question->second, *out.answer.mapped);
        } else {
            check.discovery->handle_failure(question->second, out.why);
        }
        questions_.erase(question);
        return;
    }
    if (by == netcheck_socket::second) {
        if (is_answer && !second_seen_) second_seen_ = out.answer.mapped;
        return;
    }
    for (server& one : check.servers)
        if (one.at == out.server && !one.is_done()) return settle_server(check, one, out, now);
}

void netcheck::settle_server(
    family_check& check,
    server& one,
    const stun_output& out,
    time_point now
) {
    family_report& report = *check.report;
    if (out.kind != stun_output::what::answered) {
        one.failed = out.why;
        // An error came back by UDP all the same.
        if (out.why == stun_failure::error) report.udp = finding::yes;
        return;
    }
    one.seen = out.answer.mapped;
    report.udp = finding::yes;
    ++report.servers_answered;
    if (out.round_trip)
        report.round_trip = std::min(report.round_trip.value_or(*out.round_trip), *out.round_trip);
    const bool is_new =
        std::find(report.seen.begin(), report.seen.end(), *one.seen) == report.seen.end();
    if (is_new && report.seen.size() < reported_addresses_max) report.seen.push_back(*one.seen);
    if (!check.grace_until) check.grace_until = now + plan_.grace;
    const auto& other = out.answer.other;
    if (!check.server_of_two && !check.discovery && other && is_second_address(one.at, *other)) {
        check.server_of_two = one.at;
        check.second_address = other;
    }
}

/// Whatever came: what it leads to.
void netcheck::go_on(time_point now) {
    if (is_done_ || !is_started_) return;
    for (family_check& check : checks_) {
        discover(check, now);
        conclude(check);
    }
    begin_hairpin(now);
    drain_clients(now);
    if (is_everything_known() || now >= started_ + plan_.budget) finish(now);
}

void netcheck::discover(family_check& check, time_point now) {
    if (!check.server_of_two) return;
    const bool is_time =
        check.are_servers_done() || (check.grace_until && now >= *check.grace_until);
    if (!check.discovery && is_time) {
        const auto asked =
            std::find_if(check.servers.begin(), check.servers.end(), [&](const server& one) {
                return one.at == check.server_of_two;
            });
        check.discovery.emplace(*check.server_of_two, *check.second_address, *asked->seen);
        for (const auto which : nat_discovery::questions) {
            const auto by = nat_discovery::is_of_filter(which) ? netcheck_socket::second
                                                               : netcheck_socket::main;
            const auto ticket = client_of(by).ask(check.discovery->request(which), now);
            if (ticket) {
                questions_.emplace(std::pair(by, *ticket), which);
            } else {
                check.discovery->handle_failure(which, stun_failure::refused);
            }
        }
    }
}

void netcheck::conclude(family_check& check) {
    family_report& report = *check.report;
    if (check.discovery) {
        report.mapping = check.discovery->mapping(plan_.local);
        report.filtering = check.discovery->filtering();
    }
    std::vector<ip_endpoint> hosts;
    std::vector<ip_endpoint> seen_by_hosts;
    bool has_silent = false;
    for (const server& one : check.servers) {
        has_silent |= one.failed == stun_failure::silent;
        const bool is_known = std::any_of(hosts.begin(), hosts.end(), [&](const auto& host) {
            return is_same_host(host, one.at);
        });
        if (!one.seen || is_known) continue;
        hosts.push_back(one.at);
        seen_by_hosts.push_back(*one.seen);
    }
    // Of two that contradict each other the cautious one: a promise that holds not is worse.
    const nat_mapping compared = mapping_of(seen_by_hosts, plan_.local);
    const bool is_better = report.mapping == nat_mapping::unknown
                           || (compared == nat_mapping::endpoint_dependent
                               && (report.mapping == nat_mapping::none
                                   || report.mapping == nat_mapping::endpoint_independent));
    if (is_better) report.mapping = compared;
    if (check.are_servers_done() && report.udp == finding::unknown && has_silent)
        report.udp = finding::no;
}

void netcheck::begin_hairpin(time_point now) {
    const family_check& check = checks_[0];
    if (!hairpin_ && second_seen_ && !report_.v4.seen.empty()) {
        const ip_endpoint& seen = report_.v4.seen.front();
        // Nothing is translated, or the two have different outer addresses: there is no question.
        const bool is_question =
            !is_own(seen, plan_.local) && !seen.is_loopback() && is_same_host(seen, *second_seen_);
        if (!is_question) {
            is_second_over_ = true;
            second_seen_.reset();
            return;
        }
        hairpin_.emplace(hairpin_id_, seen, *second_seen_);
    }
    if (hairpin_) send_hairpin(now);
    if (check.are_servers_done() && report_.v4.seen.empty()) is_second_over_ = true;
}

void netcheck::send_hairpin(time_point now) {
    if (const auto round = hairpin_->next(now)) {
        const auto kind = netcheck_output::what::send;
        outputs_.push_back({kind, netcheck_socket::main, round->from_main_to, round->message});
        outputs_.push_back({kind, netcheck_socket::second, round->from_second_to, round->message});
    }
    report_.v4.hairpin = hairpin_->result();
}

bool netcheck::is_everything_known() const noexcept {
    const bool are_families_over =
        std::all_of(checks_.begin(), checks_.end(), [](const family_check& check) {
            return check.is_over();
        });
    const bool is_hairpin_over = is_second_over_ && (!hairpin_ || hairpin_->is_over());
    return are_families_over && is_hairpin_over && relays_told_ >= plan_.relays
           && (is_portal_told_ || !plan_.awaits_captive_portal)
           && (is_port_mapping_told_ || !plan_.awaits_port_mapping);
}

void netcheck::finish(time_point now) {
    for (family_check& check : checks_) {
        // Whoever did not answer within the budget is silent.
        for (server& one : check.servers)
            if (!one.is_done()) one.failed = stun_failure::silent;
        conclude(check);
    }
    std::stable_sort(
        report_.relays.begin(),
        report_.relays.end(),
        [](const relay_latency& one, const relay_latency& other) {
            constexpr duration never = duration::max();
            return one.round_trip.value_or(never) < other.round_trip.value_or(never);
        }
    );
    report_.made_at = now;
    report_.took = now - started_;
    is_done_ = true;
    outputs_.clear();
    netcheck_output done;
    done.kind = netcheck_output::what::done;
    outputs_.push_back(std::move(done));
}

bool netcheck::handle(
    bytes_view datagram,
    const ip_endpoint& from,
    netcheck_socket socket,
    time_point now
) {
    if (is_done_) return false;
    bool is_ours = hairpin_ && hairpin_->handle(datagram);
    is_ours = is_ours || client_of(socket).handle(datagram, from, now);
    if (!is_ours) return false;
    drain_clients(now);
    go_on(now);
    return true;
}

void netcheck::handle_refused(const ip_endpoint& asked, netcheck_socket socket, time_point now) {
    if (is_done_) return;
    client_of(socket).handle_refused(asked);
    drain_clients(now);
    go_on(now);
}

void netcheck::handle_deadline(time_point now) {
    if (is_done_ || !is_started_) return;
    main_.handle_deadline(now);
    second_.handle_deadline(now);
    drain_clients(now);
    go_on(now);
}

void netcheck::note_relay(relay_latency relay, time_point now) {
    if (is_done_) return;
    ++relays_told_;
    if (report_.relays.size() < reported_relays_max) report_.relays.push_back(std::move(relay));
    go_on(now);
}

void netcheck::note_captive_portal(finding found, time_point now) {
    if (is_done_) return;
    is_portal_told_ = true;
    report_.captive_portal = found;
    go_on(now);
}

void netcheck::note_port_mapping(const port_mapping_kinds& kinds, time_point now) {
    if (is_done_) return;
    is_port_mapping_told_ = true;
    report_.port_mapping = kinds;
    go_on(now);
}

std::optional<netcheck_output> netcheck::poll_output() {
    if (outputs_.empty()) return std::nullopt;
    netcheck_output next = std::move(outputs_.front());
    outputs_.pop_front();
    return next;
}

time_point netcheck::next_deadline() const noexcept {
    if (is_done_ || !is_started_) return no_deadline;
    time_point next = std::min(main_.next_deadline(), second_.next_deadline());
    next = std::min(next, started_ + plan_.budget);
    if (hairpin_) next = std::min(next, hairpin_->next_deadline());
    for (const family_check& check : checks_)
        if (check.grace_until && check.server_of_two && !check.discovery)
            next = std::min(next, *check.grace_until);
    return next;
}

void netcheck::check_invariants() const {
    main_.check_invariants();
    second_.check_invariants();
    for (const family_check& check : checks_)
        MH_ASSERT(check.servers.size() <= netcheck_plan::servers_max, "so many are asked");
    MH_ASSERT(
        questions_.size() <= checks_.size() * nat_discovery::questions_max,
        "so much is asked of one server"
    );
    MH_ASSERT(report_.relays.size() <= reported_relays_max, "so many are told of");
}

}  // namespace meshhost::nat::proto
