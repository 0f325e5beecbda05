// SPDX-License-Identifier: Apache-2.0
#include "nat_world.hpp"

#include "stun_server.hpp"
#include "support/catch.hpp"

#include <algorithm>

namespace meshhost::test {

using namespace nat::proto;

namespace {

const ip_endpoint inside = ip_endpoint::v4({192, 168, 1, 11}, 0);
const ip_endpoint outside = ip_endpoint::v4({203, 0, 113, 7}, 0);

ip_endpoint without_port(ip_endpoint address) {
    address.port = 0;
    return address;
}

/// What the key of a mapping has of a destination.
ip_endpoint key_of(nat_mapping mapping, const ip_endpoint& to) {
    if (mapping == nat_mapping::address_and_port_dependent) return to;
    if (mapping == nat_mapping::address_dependent) return without_port(to);
    return {};
}

bool wants(bytes_view request, std::uint8_t flag) {
    // CHANGE-REQUEST comes first, where it is.
    return request.size() > 28 && request[21] == 3 && (request[27] & flag) != 0;
}

}  // namespace

void nat_world::add_server(const ip_endpoint& at, std::optional<ip_endpoint> other) {
    servers_.push_back({at, other});
}

ip_endpoint nat_world::translate(socket from, const ip_endpoint& to) {
    const int number = static_cast<int>(from);
    if (kind_.mapping == nat_mapping::none) {
        ip_endpoint own = inside;
        own.port = static_cast<std::uint16_t>(5'000 + number);
        outer_[own] = from;
        return own;
    }
    ip_endpoint& mapped = mappings_[{number, key_of(kind_.mapping, to)}];
    if (mapped.port == 0) {
        mapped = outside;
        mapped.port = next_port_++;
        outer_[mapped] = from;
    }
    if (strays_.count({mapped, to}) == 0) return mapped;
    ip_endpoint moved = mapped;
    moved.port = next_port_++;
    outer_[moved] = from;
    return moved;
}

void nat_world::leave(socket from, const ip_endpoint& to, byte_buffer bytes) {
    destinations.insert(to);
    const ip_endpoint source = translate(from, to);
    sent_to_[source].insert(to);
    const bool is_to_us = outer_.find(to) != outer_.end();
    if (kind_.blocks_udp || loses() || (is_to_us && !kind_.hairpin)) return;
    under_way_.push_back({now_ + latency, source, to, std::move(bytes)});
}

void nat_world::serve(const server& one, const packet& what) {
    const bool change_ip = wants(what.bytes, 4);
    const bool change_port = wants(what.bytes, 2);
    if ((change_ip || change_port) && !one.other) {
        under_way_.push_back({now_ + latency, what.to, what.from, stun_error_to(what.bytes, 420)});
        return;
    }
    ip_endpoint from = what.to;
    if (change_ip) std::copy_n(one.other->address.begin(), 16, from.address.begin());
    if (change_port) from.port = one.other->port;
    if (loses()) return;
    under_way_.push_back(
        {now_ + latency, from, what.from, stun_answer_to(what.bytes, what.from, one.other)}
    );
}

void nat_world::arrive(netcheck& machine, const packet& what) {
    for (const server& one : servers_) {
        const bool is_its =
            what.to == one.at
            || (one.other
                && (without_port(what.to) == without_port(one.at)
                    || without_port(what.to) == without_port(*one.other))
                && (what.to.port == one.at.port || what.to.port == one.other->port));
        if (is_its) return serve(one, what);
    }
    const auto mine = outer_.find(what.to);
    if (mine == outer_.end()) return;
    const auto& known = sent_to_[what.to];
    const bool is_let_in =
        kind_.filtering == nat_filtering::endpoint_independent || known.count(what.from) != 0
        || (kind_.filtering == nat_filtering::address_dependent
            && std::any_of(known.begin(), known.end(), [&](const ip_endpoint& one) {
                   return without_port(one) == without_port(what.from);
               }));
    if (!is_let_in && kind_.takes_strays) strays_.insert({what.to, what.from});
    if (is_let_in) machine.handle(what.bytes, what.from, mine->second, now_);
}

net_report nat_world::run(netcheck& machine) {
    machine.start(now_);
    for (int turn = 0; turn < 10'000; ++turn) {
        machine.check_invariants();
        while (auto out = machine.poll_output()) {
            if (out->kind == netcheck_output::what::done) {
                CHECK(machine.is_done());
                CHECK(machine.next_deadline() == no_deadline);
                return machine.report();
            }
            leave(out->socket, out->to, std::move(out->message));
        }
        const auto first = std::min_element(
            under_way_.begin(),
            under_way_.end(),
            [](const packet& one, const packet& other) { return one.at < other.at; }
        );
        const time_point deadline = machine.next_deadline();
        if (first == under_way_.end() || deadline < first->at) {
            REQUIRE(deadline != no_deadline);
            now_ = std::max(now_, deadline);
            machine.handle_deadline(now_);
            continue;
        }
        const packet what = *first;
        under_way_.erase(first);
        now_ = std::max(now_, what.at);
        arrive(machine, what);
    }
    FAIL("it never ends");
    return {};
}

}  // namespace meshhost::test
