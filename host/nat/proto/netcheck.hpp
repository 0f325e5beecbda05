// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finds out about this host's network and gathers it into one report, within a time budget.
// Asks STUN servers; what others find out (relays, portals, routers) it is told. Shape: a machine.
//
// It wants sockets of its own, freshly bound, that nothing was sent from: filters remember.
#include "base/time.hpp"
#include "nat/proto/hairpin_check.hpp"
#include "nat/proto/nat_discovery.hpp"
#include "nat/proto/net_report.hpp"
#include "nat/proto/stun_client.hpp"

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace meshhost::nat::proto {

struct netcheck_plan {
    std::vector<ip_endpoint> servers;  ///< STUN; the first servers_max of each family are asked
    std::vector<ip_endpoint> local;    ///< this machine's addresses, without port
    std::size_t relays = 0;            ///< how many will be told of, answering or not
    bool awaits_captive_portal = false;
    bool awaits_port_mapping = false;
    stun_pace pace = stun_pace::hasty();
    duration grace = 500ms;  ///< for the slower servers, once the first answered
    duration budget = 7s;    ///< then the report is what is known

    static constexpr std::size_t servers_max = 5;
};

/// Which of our sockets: there are two for each family. The second never sends to a server's other
/// address.
enum class netcheck_socket : std::uint8_t { main, second };

struct netcheck_output {
    enum class what : std::uint8_t {
        send,  ///< `message` to `to`, from that socket of the family of `to`
        done,  ///< report() is complete; comes once, and nothing after it
    };
    what kind = what::send;
    netcheck_socket socket = netcheck_socket::main;
    ip_endpoint to;
    byte_buffer message;
};

/// Lifecycle: start() → inputs and deadlines, each followed by poll_output() until there is none →
/// done. One thread. Everybody who is asked is bounded, and so is what is kept of them.
class netcheck {
public:
    /// `secret`: see stun_client.
    netcheck(netcheck_plan plan, bytes_view secret);
    netcheck(const netcheck&) = delete;
    netcheck& operator=(const netcheck&) = delete;

    void start(time_point now);

    /// A datagram that looks_like_stun(). False: it is nothing of ours.
    bool handle(
        bytes_view datagram,
        const ip_endpoint& from,
        netcheck_socket socket,
        time_point now
    );
    /// Nobody listens there, or nothing can be sent there.
    void handle_refused(const ip_endpoint& asked, netcheck_socket socket, time_point now);
    void handle_deadline(time_point now);

    void note_relay(relay_latency relay, time_point now);
    void note_captive_portal(finding found, time_point now);
    void note_port_mapping(const port_mapping_kinds& kinds, time_point now);

    std::optional<netcheck_output> poll_output();
    time_point next_deadline() const noexcept;

    bool is_done() const noexcept { return is_done_; }
    /// What is known so far.
    const net_report& report() const noexcept { return report_; }
    /// Asserts what must hold between calls.
    void check_invariants() const;

private:
    struct server {
        ip_endpoint at;
        std::optional<ip_endpoint> seen;
        std::optional<stun_failure> failed;
        bool is_done() const noexcept { return seen || failed; }
    };
    struct family_check {
        ip_family family;
        family_report* report;
        std::vector<server> servers;
        std::optional<ip_endpoint> server_of_two;  ///< that has a second address
        std::optional<ip_endpoint> second_address;
        std::optional<time_point> grace_until;
        std::optional<nat_discovery> discovery;
        bool is_over() const noexcept;
        bool are_servers_done() const noexcept;
    };

    void ask(family_check& check, time_point now);
    void settle(netcheck_socket by, const stun_output& out, time_point now);
    void drain(netcheck_socket by, time_point now);
    stun_client& client_of(netcheck_socket by) noexcept {
        return by == netcheck_socket::main ? main_ : second_;
    }
    void settle_server(family_check& check, server& one, const stun_output& out, time_point now);
    void drain_clients(time_point now);
    void go_on(time_point now);
    void discover(family_check& check, time_point now);
    void begin_hairpin(time_point now);
    void send_hairpin(time_point now);
    void conclude(family_check& check);
    void finish(time_point now);
    bool is_everything_known() const noexcept;

    netcheck_plan plan_;
    stun_client main_;
    stun_client second_;
    net_report report_;
    std::vector<family_check> checks_;
    std::map<std::pair<netcheck_socket, stun_ticket>, nat_discovery::question> questions_;
    std::optional<ip_endpoint> second_seen_;
    bool is_second_over_ = false;
    std::optional<hairpin_check> hairpin_;
    stun_transaction_id hairpin_id_{};
    std::size_t relays_told_ = 0;
    bool is_started_ = false;
    bool is_done_ = false;
    bool is_portal_told_ = false;
    bool is_port_mapping_told_ = false;
    time_point started_{};
    std::deque<netcheck_output> outputs_;
};

}  // namespace meshhost::nat::proto
