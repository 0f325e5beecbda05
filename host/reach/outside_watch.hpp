// SPDX-License-Identifier: Apache-2.0
#pragma once
// Asks STUN servers how they see this host, from the socket that speaks to peers, again and again:
// it keeps what a NAT remembers of us, and notices when that becomes another.
#include "base/log.hpp"
#include "nat/proto/address_votes.hpp"
#include "nat/proto/stun_client.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::reach {

struct outside_options {
    std::vector<std::string> servers;  ///< "HOST:PORT", servers_max at most
    bool are_guessed = false;          ///< where there may be none: then silence says nothing
    byte_buffer secret;                ///< see nat::proto::stun_client
    std::uint64_t seed = 0;
    std::function<void(const ip_endpoint& to, bytes_view datagram)> send;
    /// A server sees us there.
    std::function<void(const nat::proto::voter&, const ip_endpoint&)> on_seen;
    /// None of the servers answered; told once, until one does.
    std::function<void()> on_silence;
    logger log;
};

/// How one server sees us.
struct outside_view {
    std::string server;
    std::optional<ip_endpoint> at;    ///< nullopt: its name has no address
    std::optional<ip_endpoint> seen;  ///< nullopt: it does not answer
    std::optional<duration> round_trip;
};

/// One thread: the shard's. Nothing is called after it is gone.
class outside_watch final : private net::deadline_sink {
public:
    static constexpr std::size_t servers_max = 4;
    static constexpr std::size_t timers = 1;

    outside_watch(net::shard& shard, outside_options options);
    ~outside_watch();

    /// Asks now: at the start, and when the network is another.
    void ask();
    /// A datagram from a server; false: it is none.
    bool take(const ip_endpoint& from, bytes_view datagram);
    std::vector<outside_view> list() const;

private:
    struct server {
        std::string name;
        std::optional<ip_endpoint> at;
        std::optional<ip_endpoint> seen;
        std::optional<duration> round_trip;
    };

    void on_deadline(time_point now) override;
    void resolve(std::size_t number);
    void question(server& to);
    void turn();

    net::shard& shard_;
    outside_options options_;
    nat::proto::stun_client client_;
    std::vector<server> servers_;
    time_point ask_at_ = no_deadline;
    bool is_silent_ = false;
    net::deadline_timer timer_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace meshhost::reach
