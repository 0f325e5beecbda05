// SPDX-License-Identifier: Apache-2.0
#pragma once
// Two punchers on a virtual clock: the control streams work, and a test says which datagrams get
// through. A migration that was asked for succeeds, unless the test says otherwise.
#include "nat/proto/puncher.hpp"
#include "support/catch.hpp"

#include <functional>

namespace meshhost::nat::proto::test {

inline ip_endpoint at(std::string_view text) {
    return ip_endpoint::parse(text).value();
}

inline punch_secret shared_secret() {
    punch_secret secret;
    secret.fill(0x42);
    return secret;
}

inline const ip_endpoint client_address = at("203.0.113.1:1000");
inline const ip_endpoint server_address = at("203.0.113.2:2000");

inline candidate_set one_candidate(
    const ip_endpoint& address,
    candidate_kind kind = candidate_kind::reflexive
) {
    candidate_set set;
    set.add({address, kind});
    return set;
}

struct punch_end {
    punch_end(punch_role role, ip_endpoint own)
        : machine(role, shared_secret())
        , address(own) {}

    puncher machine;
    ip_endpoint address;  ///< what the other end sees
    std::vector<reach> reports;
    std::vector<ip_endpoint> migrations;
    std::vector<ip_endpoint> seen;
    std::vector<error_code> broken;
    std::size_t relay_uses = 0;
    std::size_t probes_sent = 0;
    byte_buffer control;  ///< all that was said
};

/// Datagrams arrive 10 ms later, control bytes at once.
class punch_pair {
public:
    using passes = std::function<bool(const ip_endpoint& from, const ip_endpoint& to)>;

    time_point now{1h};
    punch_end client{punch_role::client, client_address};
    punch_end server{punch_role::server, server_address};
    passes network = [](const auto&, const auto&) { return true; };
    passes migration = [](const auto&, const auto&) { return true; };
    bool answers_moves = true;

    void start(
        const candidate_set& of_client = one_candidate(client_address),
        const candidate_set& of_server = one_candidate(server_address)
    ) {
        client.machine.set_candidates(of_client, now);
        server.machine.set_candidates(of_server, now);
        client.machine.start(now);
        server.machine.start(now);
        drain();
    }

    void run(duration span) {
        const time_point until = now + span;
        for (;;) {
            time_point next =
                std::min(client.machine.next_deadline(), server.machine.next_deadline());
            if (!flying_.empty()) next = std::min(next, flying_.front().at);
            if (next > until) break;
            REQUIRE(next >= now);
            now = next;
            while (!flying_.empty() && flying_.front().at <= now) {
                const flight arrived = flying_.front();
                flying_.pop_front();
                arrived.to->machine.receive_probe({}, arrived.from, arrived.packet, now);
                drain();
            }
            for (punch_end* const end : {&client, &server})
                if (end->machine.next_deadline() <= now) end->machine.handle_deadline(now);
            drain();
        }
        now = until;
    }

    void drain() {
        bool is_quiet = false;
        while (!is_quiet) {
            is_quiet = true;
            for (punch_end* const end : {&client, &server}) {
                while (const auto action = end->machine.poll_action()) {
                    is_quiet = false;
                    do_for(*end, *action);
                }
                end->machine.check_invariants();
            }
        }
    }

    punch_end& other_end(const punch_end& end) { return &end == &client ? server : client; }

    void do_for(punch_end& end, const punch_action& action) {
        punch_end& peer = other_end(end);
        if (const auto* const say = std::get_if<send_control>(&action)) {
            end.control.insert(end.control.end(), say->bytes.begin(), say->bytes.end());
            peer.machine.receive_control(say->bytes, now);
        } else if (const auto* const probe = std::get_if<send_probe>(&action)) {
            ++end.probes_sent;
            const bool is_there = probe->to == peer.address && network(end.address, probe->to);
            if (is_there) flying_.push_back({now + 10ms, &peer, end.address, probe->bytes});
        } else if (const auto* const move = std::get_if<migrate_to>(&action)) {
            end.migrations.push_back(move->remote);
            if (!answers_moves) return;
            if (!migration(end.address, move->remote)) {
                end.machine.path_failed(move->remote, now);
                return;
            }
            end.machine.path_validated(move->remote, 20ms, now);
            peer.machine.path_validated(end.address, 20ms, now);
        } else if (const auto* const said = std::get_if<reach_changed>(&action)) {
            end.reports.push_back(said->now);
        } else if (const auto* const vote = std::get_if<seen_at>(&action)) {
            end.seen.push_back(vote->address);
        } else if (const auto* const fault = std::get_if<peer_broke_rule>(&action)) {
            end.broken.push_back(fault->why);
        } else {
            ++end.relay_uses;
        }
    }

private:
    struct flight {
        time_point at;
        punch_end* to;
        ip_endpoint from;
        punch_packet packet;
    };
    std::deque<flight> flying_;
};

}  // namespace meshhost::nat::proto::test
