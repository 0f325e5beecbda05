// SPDX-License-Identifier: Apache-2.0
#pragma once
// A client and a server joined by wires of two links each, on one virtual clock. Everything that
// the seed decides (delays, losses, duplicates) repeats; keys and ids are drawn by GnuTLS and do
// not, so tests assert what happened to the n-th datagram and what the applications saw, never
// bytes.
#include "datagram_sim/link.hpp"
#include "datagram_sim/sim_endpoint.hpp"

#include <deque>
#include <functional>
#include <memory>

namespace meshhost::sim {

inline constexpr const char* test_alpn = "mesh/ping/1";

struct pair_options {
    std::uint64_t seed = 1;
    link_profile link;  ///< of every wire, both ways
    std::size_t wires = 1;
    quic::transport_config client;
    quic::transport_config server;
    std::vector<std::string> alpns{test_alpn};
    std::set<std::string, std::less<>> replay_safe;
};

class quic_pair final : public carrier {
public:
    explicit quic_pair(pair_options options = {});
    quic_pair(const quic_pair&) = delete;
    quic_pair& operator=(const quic_pair&) = delete;

    sim_endpoint& client() noexcept { return *client_; }
    sim_endpoint& server() noexcept { return *server_; }
    link& to_server(std::size_t wire = 0) { return wires_.at(wire).to_server; }
    link& to_client(std::size_t wire = 0) { return wires_.at(wire).to_client; }
    time_point now() const override { return now_; }

    /// Dials the server over wire 0. What it does happens when the clock runs.
    test_app& dial(bool early_data = false);
    struct ends {
        test_app& client;
        test_app& server;
    };
    /// Dials and runs until both sides have the connection. Precondition: the link is clean.
    ends connect();

    /// What the client sends over `wire` arrives at the server over `seen_as`, and back.
    void rebind(std::size_t wire, std::size_t seen_as);

    /// Runs the clock until `done`, at most for `limit`. false: it did not come about.
    bool run_until(const std::function<bool()>& done, duration limit = 60s);
    void run_for(duration length);
    /// The client's process stands still meanwhile: what arrives waits for it, and when it goes on
    /// it comes to its deadlines before it reads.
    void suspend_client(duration length);
    /// Nothing is under way and no connection is alive on either side, closing ones included.
    bool is_quiet() const;

private:
    struct link_pair {
        link to_server;
        link to_client;
    };

    void carry(bool from_client, std::size_t wire, bytes_view data, std::uint8_t ecn) override;
    time_point next_event() const;
    /// One point in time; false when there is none up to `limit`, and it is `limit` now.
    bool step(time_point limit);
    std::optional<datagram> next_at_client(link& wire);
    void deliver();

    time_point now_;
    std::uint64_t steps_at_once_ = 0;
    bool is_client_suspended_ = false;
    std::vector<link_pair> wires_;
    std::vector<std::size_t> seen_as_;  ///< by the client's wire: the server's
    std::unique_ptr<sim_endpoint> client_;
    std::unique_ptr<sim_endpoint> server_;
};

}  // namespace meshhost::sim
