// SPDX-License-Identifier: Apache-2.0
#pragma once
// STUN servers of two addresses and a NAT in front of us, of any kind, on a clock of their own.
#include "base/time.hpp"
#include "nat/proto/nat_behaviour.hpp"
#include "nat/proto/netcheck.hpp"

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace meshhost::test {

struct nat_kind {
    nat::proto::nat_mapping mapping = nat::proto::nat_mapping::endpoint_independent;
    nat::proto::nat_filtering filtering = nat::proto::nat_filtering::address_and_port_dependent;
    bool hairpin = false;
    bool blocks_udp = false;
    /// What is not let in is taken as a flow of the router's own: what is sent back there later
    /// leaves by another port (Linux without a firewall).
    bool takes_strays = false;
};

class nat_world {
public:
    explicit nat_world(const nat_kind& kind)
        : kind_(kind) {}

    /// A server; with `other` it knows CHANGE-REQUEST, and answers there, too.
    void add_server(const ip_endpoint& at, std::optional<ip_endpoint> other = {});
    /// One way, whoever sends to whom.
    duration latency = 20ms;
    /// What is lost: true.
    std::function<bool()> loses = [] { return false; };

    /// Runs until it is done; the report.
    nat::proto::net_report run(nat::proto::netcheck& machine);
    time_point now() const noexcept { return now_; }

    std::set<ip_endpoint> destinations;  ///< of all that was sent

private:
    using socket = nat::proto::netcheck_socket;
    struct packet {
        time_point at;
        ip_endpoint from;
        ip_endpoint to;
        byte_buffer bytes;
    };
    struct server {
        ip_endpoint at;
        std::optional<ip_endpoint> other;
    };
    ip_endpoint translate(socket from, const ip_endpoint& to);
    void leave(socket from, const ip_endpoint& to, byte_buffer bytes);
    void arrive(nat::proto::netcheck& machine, const packet& what);
    void serve(const server& one, const packet& what);

    nat_kind kind_;
    time_point now_{100s};
    std::vector<server> servers_;
    std::vector<packet> under_way_;
    std::map<std::pair<int, ip_endpoint>, ip_endpoint> mappings_;
    std::map<ip_endpoint, socket> outer_;
    std::map<ip_endpoint, std::set<ip_endpoint>> sent_to_;
    std::set<std::pair<ip_endpoint, ip_endpoint>> strays_;  ///< to, from
    std::uint16_t next_port_ = 20'000;
};

}  // namespace meshhost::test
