// SPDX-License-Identifier: Apache-2.0
#pragma once
// Two hosts with a puncher each, a relay between them, the boxes that they are behind, and as much
// of QUIC as punching needs: a client that moves to a path which answers, and keeps asking whether
// it still does. On a virtual clock; the same run for the same schedule.
#include "nat/proto/puncher.hpp"
#include "sim/event_queue.hpp"
#include "sim/punch/punch_schedule.hpp"
#include "sim/trace_hash.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace meshhost::sim {

/// How a run ended.
struct punch_outcome {
    bool is_right = true;
    std::string what;  ///< was wrong
    bool was_possible = false;
    nat::proto::reach said[2];
    std::optional<duration> direct_after;  ///< the start; the first time that both were
    std::uint64_t probes = 0;
    std::uint64_t moves = 0;
    std::uint64_t trace = 0;  ///< a hash of all that happened
};

class punch_world {
public:
    explicit punch_world(const punch_schedule& schedule);
    ~punch_world();

    /// Says on stderr what happens.
    void set_traced() noexcept { is_traced_ = true; }
    punch_outcome run();

private:
    using host_index = std::uint8_t;

    /// What QUIC's datagrams come to here.
    struct quic_packet {
        enum class kind : std::uint8_t { challenge, response, ping, pong };
        kind what = kind::ping;
        std::uint64_t number = 0;
    };
    using payload = std::variant<nat::proto::punch_packet, quic_packet>;

    // What happens when:
    struct datagram_event {
        std::size_t site;  ///< whose outermost box it has come to
        ip_endpoint from;
        ip_endpoint to;
        payload what;
        bool is_inside = false;  ///< past the boxes already
    };
    struct control_event {
        host_index to;
        byte_buffer bytes;
    };
    struct moved_back_event {  ///< the server learns that the client is on the relay again
        host_index to;
    };
    struct timer_event {
        host_index of;
        std::uint64_t armed;
    };
    struct stun_event {
        host_index of;
        std::uint64_t life;
        bool is_reply;
        std::optional<ip_endpoint> first;
        std::optional<ip_endpoint> second;
    };
    struct quic_timer_event {
        std::uint64_t generation;
    };
    struct fault_event {
        std::size_t index;
    };
    using event = std::variant<
        datagram_event,
        control_event,
        moved_back_event,
        timer_event,
        stun_event,
        quic_timer_event,
        fault_event>;

    struct host {
        std::unique_ptr<nat::proto::puncher> machine;
        std::size_t site = 0;
        std::uint8_t number = 0;  ///< in its network
        std::uint64_t life = 0;   ///< counts networks
        std::uint64_t armed = 0;  ///< of its timer
        time_point armed_for = no_deadline;
        std::optional<ip_endpoint> reflexive;
        nat::proto::nat_traits traits;
        time_point here_since{};
        time_point frozen_until{};
        std::deque<byte_buffer> inbox;  ///< of the control stream
        bool is_direct = false;         ///< by its own word
    };
    /// The client's connection.
    struct quic_state {
        std::optional<ip_endpoint> moving_to;
        std::optional<ip_endpoint> remote;  ///< direct; nullopt: the relay
        std::uint64_t number = 0;
        std::uint64_t generation = 0;
        unsigned unanswered = 0;
        time_point asked_at{};
        bool is_refused = false;
    };

    // punch_world.cpp: the hosts
    void happen(event& what);
    void on(datagram_event& arrived);
    void on(control_event& arrived);
    void on(moved_back_event& arrived);
    void on(timer_event& due);
    void on(stun_event& due);
    void on(fault_event& due);
    void deliver(
        host_index to,
        const ip_endpoint& from,
        const ip_endpoint& local,
        const payload& what
    );
    void drain(host_index of);
    void act(host_index of, const nat::proto::punch_action& action);
    void offer(host_index of);
    void move_host(host_index of, const site_plan& to);
    punch_outcome judge() const;
    bool is_possible() const;
    bool says_why(std::string& what) const;

    // punch_network.cpp: what is between them
    std::optional<ip_endpoint> address_of(host_index of, ip_family family) const;
    std::optional<host_index> host_at(std::size_t site, const ip_endpoint& address) const;
    void send(host_index from, const ip_endpoint& to, const payload& what);
    void carry(datagram_event flight, duration delay);
    std::optional<ip_endpoint> ask_stun(host_index of, std::uint8_t server);
    duration delay_of(host_index of) const noexcept { return schedule_.delay[of]; }

    // punch_quic.cpp: the connection
    void begin_move(const ip_endpoint& to);
    void on(quic_timer_event& due);
    void on_quic(host_index to, const ip_endpoint& from, const quic_packet& packet);
    void fall_back();
    void arm_quic(duration after);

    void at(duration after, event what) { queue_.schedule(now_ + after, std::move(what)); }
    bool is_over(duration since_start) const noexcept { return now_ - begin_ >= since_start; }
    void trace(host_index of, const std::string& what);

    punch_schedule schedule_;
    prng random_;
    bool is_traced_ = false;
    time_point begin_{1h};
    time_point now_{1h};
    event_queue<event> queue_;
    std::vector<std::unique_ptr<punch_site>> sites_;
    host hosts_[2];
    quic_state quic_;
    std::optional<ip_endpoint> server_remote_;
    std::optional<duration> direct_after_;
    trace_hash hash_;
};

}  // namespace meshhost::sim
