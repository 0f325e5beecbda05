// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several gossip_state machines on a virtual clock, joined by links of 10 to 50 ms. Deterministic:
// events run in the order of their time, then of their making.
#include "gossip/proto/gossip_state.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace meshhost::test {

class gossip_net {
public:
    static constexpr duration detection = 15s;    ///< until a link to a dead or cut peer ends
    static constexpr duration dial_timeout = 3s;  ///< of a dial that nobody answers

    explicit gossip_net(const gossip::proto::config& options = {}, std::uint64_t seed = 1);

    /// A node that runs. Its id follows from its number.
    std::size_t add() { return add(options_); }
    std::size_t add(const gossip::proto::config& options);
    /// As kill -9: says nothing to anybody.
    void kill(std::size_t node);
    /// With the same id and nothing remembered.
    void restart(std::size_t node);
    void join(std::size_t node, std::vector<std::size_t> contacts);
    void leave(std::size_t node);
    error_code broadcast(
        std::size_t node,
        const std::string& content,
        const gossip::proto::broadcast_options& how = {}
    );
    /// Nodes of different sides cannot reach each other. Empty: all can.
    void set_sides(std::vector<int> sides);

    void run_for(duration span);
    /// False: `done` did not become true within `span`. Asked once a step of `step`.
    bool run_until(const std::function<bool()>& done, duration span, duration step = 10ms);

    /// Applies a call to a node's machine and what follows from it.
    template <class Call>
    auto with(std::size_t node, Call call) {
        auto outcome = call(*nodes_[node].state, now_);
        drain(node);
        return outcome;
    }

    gossip::proto::gossip_state& state(std::size_t node) { return *nodes_[node].state; }
    gossip::proto::topic_probe probe(std::size_t node) const;
    const identity::endpoint_id& id(std::size_t node) const { return nodes_[node].id; }
    const identity::topic_id& topic() const noexcept { return topic_; }
    time_point now() const noexcept { return now_; }
    std::size_t size() const noexcept { return nodes_.size(); }
    bool is_running(std::size_t node) const { return nodes_[node].state != nullptr; }
    bool are_linked(std::size_t left, std::size_t right) const;

    /// What the node delivered to its subscribers, in order.
    const std::vector<std::string>& delivered(std::size_t node) const {
        return nodes_[node].delivered;
    }
    /// Running nodes that delivered this.
    std::size_t reach_of(const std::string& content) const;
    std::size_t count_running() const;
    /// Neighbours that went, in the order of their going.
    const std::vector<gossip::proto::neighbor_down_output>& downs(std::size_t node) const {
        return nodes_[node].downs;
    }
    std::size_t violations(std::size_t node) const { return nodes_[node].violations; }

    /// Whether all running nodes are one part of the mesh: over links that both ends take for a
    /// neighbourhood.
    bool is_connected() const;
    /// Pairs where one takes the other for a neighbour and not the other way round.
    std::size_t asymmetries() const;
    double mean_degree() const;
    std::uint64_t neighbor_changes() const;
    void check_invariants() const;

private:
    struct member {
        identity::endpoint_id id;
        gossip::proto::config options;
        std::unique_ptr<gossip::proto::gossip_state> state;  ///< null while it does not run
        time_point wake = no_deadline;
        std::set<std::size_t> dialing;  ///< one dial to a peer at a time
        std::vector<std::string> delivered;
        std::vector<gossip::proto::neighbor_down_output> downs;
        std::size_t violations = 0;
    };
    using pair = std::pair<std::size_t, std::size_t>;

    static pair pair_of(std::size_t left, std::size_t right) {
        return {std::min(left, right), std::max(left, right)};
    }
    void start(std::size_t node);
    void drain(std::size_t node);
    void apply(std::size_t node, const gossip::proto::gossip_output& output);
    void dial(std::size_t node, std::size_t to);
    void connect(std::size_t node, std::size_t to);
    void fail_dial(std::size_t node, std::size_t to);
    /// The link goes: whoever still has it hears of it after `after`.
    void end(pair link, duration after);
    void wake(std::size_t node, time_point at);
    void at(time_point when, std::function<void()> what) { events_.emplace(when, std::move(what)); }
    bool can_reach(std::size_t left, std::size_t right) const;
    duration latency(std::size_t left, std::size_t right) const;

    gossip::proto::config options_;
    prng random_;
    gossip::proto::id_cache ids_{1 << 16};
    identity::topic_id topic_;
    time_point now_{1h};
    std::vector<member> nodes_;
    std::map<identity::endpoint_id, std::size_t> numbers_;
    std::vector<int> sides_;
    std::map<pair, gossip::proto::link_instance> links_;
    std::uint64_t instances_ = 0;
    std::multimap<time_point, std::function<void()>> events_;
};

}  // namespace meshhost::test
