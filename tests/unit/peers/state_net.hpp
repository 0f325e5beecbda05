// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several peers_state machines on a virtual clock, joined by connections that take a millisecond
// a hop. Deterministic: events run in the order of their time, then of their making.
#include "identity/secret_key.hpp"
#include "peers/proto/peers_state.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace meshhost::test {

class state_net {
public:
    static constexpr duration latency = 1ms;
    static constexpr duration idle_timeout = 30s;
    static constexpr duration handshake_timeout = 10s;
    static constexpr duration reset_after = 5s;  ///< a keep-alive meets a restarted peer

    explicit state_net(peers::proto::config options = {})
        : options_(options) {}

    /// A node that is not running yet. Node `n` listens on 10.0.0.n:1; its id follows from `seed`.
    std::size_t add(std::uint8_t seed, std::string mesh = "m");
    void start(std::size_t node, std::uint64_t incarnation);
    /// As kill -9: says nothing to anybody.
    void kill(std::size_t node);
    /// In order.
    void stop(std::size_t node);
    /// `node` is told of `peer` and where it listens.
    void name(std::size_t node, std::size_t peer);
    /// Frames to `node` are lost in its host: it does not read.
    void set_deaf(std::size_t node, bool is_deaf) { nodes_[node].is_deaf = is_deaf; }
    /// Puts bytes into the stream of `node` toward `to`, as if `node` had sent them.
    void inject(std::size_t node, std::size_t to, byte_buffer bytes);
    /// Every connection of the two ends as by an idle timeout, now.
    void cut(std::size_t node, std::size_t peer);

    void run_for(duration span);
    /// False: `done` did not become true within `span`.
    bool run_until(const std::function<bool()>& done, duration span);

    /// Applies a call to a node's machine and what follows from it.
    template <class Call>
    auto with(std::size_t node, Call call) {
        auto outcome = call(*nodes_[node].state);
        drain(node);
        return outcome;
    }

    peers::proto::peers_state& state(std::size_t node) { return *nodes_[node].state; }
    const peers::proto::peer_entry* entry(std::size_t node, std::size_t peer) const;
    /// "alive", or "unknown" when the node has no entry of the peer.
    std::string seen(std::size_t node, std::size_t peer) const;
    identity::endpoint_id id(std::size_t node) const { return nodes_[node].key.id(); }
    const identity::secret_key& key(std::size_t node) const { return nodes_[node].key; }
    time_point now() const noexcept { return now_; }

    /// Connections that stand between the two.
    std::size_t connections(std::size_t left, std::size_t right) const;
    /// Dials that `node` made.
    std::size_t dials(std::size_t node) const { return nodes_[node].dials; }
    /// Frames that `node` sent.
    std::size_t frames(std::size_t node) const { return nodes_[node].frames; }
    /// Codes that `node` closed links with.
    const std::vector<peers::proto::close_code>& closes(std::size_t node) const {
        return nodes_[node].closes;
    }
    bool is_stopped(std::size_t node) const { return nodes_[node].is_stopped; }
    std::size_t overruled(std::size_t node) const { return nodes_[node].overruled; }

private:
    struct member {
        identity::secret_key key;
        std::string mesh;
        std::unique_ptr<peers::proto::peers_state> state;  ///< null while it does not run
        std::uint64_t life = 0;                            ///< raised at each start and kill
        std::size_t dials = 0;
        std::size_t frames = 0;
        std::size_t overruled = 0;
        std::vector<peers::proto::close_code> closes;
        bool is_deaf = false;
        bool is_stopped = false;
    };
    struct link_side {
        std::size_t node = 0;
        std::uint64_t life = 0;
        peers::proto::link_id link;
        bool is_up = false;
    };
    struct wire {
        link_side dialler;
        link_side acceptor;
        bool has_stream = false;
    };

    void after(duration wait, std::function<void()> event);
    void drain(std::size_t node);
    void perform(std::size_t node, const peers::proto::dial_output& dial);
    void perform(std::size_t node, const peers::proto::send_output& send);
    void perform(std::size_t node, const peers::proto::close_output& close);
    template <class Other>
    void perform(std::size_t node, const Other& other);

    void connect(std::size_t index);
    void deliver(std::size_t index, bool to_acceptor, const byte_buffer& bytes);
    void down(link_side& at, peers::proto::link_end how);
    bool is_alive(const link_side& at) const;
    std::size_t find(const identity::endpoint_id& id) const;
    /// The connection that has this link of the node at one end.
    std::pair<wire*, bool> find(std::size_t node, peers::proto::link_id link);
    bool step(time_point limit);

    peers::proto::config options_;
    std::vector<member> nodes_;
    std::vector<std::unique_ptr<wire>> connections_;
    std::multimap<time_point, std::function<void()>> events_;
    time_point now_{1h};
};

}  // namespace meshhost::test
