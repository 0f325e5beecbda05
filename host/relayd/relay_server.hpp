// SPDX-License-Identifier: Apache-2.0
#pragma once
// The driver of relay_server_state: sockets, TLS, HTTP, the clock. One loop serves all clients.
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "base/log.hpp"
#include "net/deadline_timer.hpp"
#include "net/io_step.hpp"
#include "relay/proto/admission.hpp"
#include "relay/proto/relay_server_state.hpp"
#include "relayd/relay_pages.hpp"
#include "relayd/tcp_acceptor.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace meshhost::relayd {

class relay_connection;

struct relay_server_options {
    relay::proto::server_config relay;
    relay::proto::admission_limits admission;
    duration handshake_timeout = 30s;  ///< from the accept to being known
    duration linger = 2s;              ///< after the last word, until the other end closes
    duration goodbye = 500ms;          ///< from the announcement of the end to the end
    std::uint64_t seed = 0;            ///< of pings' jitter and of hashes: secret
    logger log = {};
};

/// Lifecycle: make it, listen() as often as wanted, shut_down(), destroy it when that is done.
/// One thread: the shard's, which outlives it.
class relay_server final : net::deadline_sink, acceptor_sink {
public:
    relay_server(net::shard& shard, relay_server_options options);
    relay_server(const relay_server&) = delete;
    relay_server& operator=(const relay_server&) = delete;
    ~relay_server();

    /// `tls` nullptr: plain HTTP; else it outlives the server. Port 0: a free one. Returns where.
    /// Errors: those of http::tcp_listener::bind().
    outcome<ip_endpoint> listen(const ip_endpoint& where, const net::tls_server_context* tls);

    /// Takes no more, tells the clients, closes them, then calls `done`, once, not from inside.
    void shut_down(std::function<void()> done);
    /// For connections to come. The old one may go then.
    void replace_tls(const net::tls_server_context* tls);
    void set_access(relay::proto::access_policy access);

    const relay::proto::server_stats& stats() const noexcept { return machine_.stats(); }
    const relay::proto::relay_server_state& machine() const noexcept { return machine_; }
    const http_stats& http() const noexcept { return http_; }
    std::size_t connections() const noexcept { return connections_.size(); }

private:
    friend class relay_connection;
    using client_number = relay::proto::client_number;

    /// To read into; by turns for all.
    static constexpr std::size_t room_size = std::size_t{64} << 10;

    void on_accepted(unique_fd socket, const ip_endpoint& from, const net::tls_server_context* tls)
        override;
    void on_deadline(time_point now) override;

    // --- for connections
    relay_connection* find(client_number who) const;
    /// What the machine wants, done; then the timer.
    void turn();
    void obey();
    void arm();
    /// It is over: destroyed soon, never inside this call.
    void retire(client_number who);
    void watch_linger(client_number who);
    void check_limits(time_point now);
    void finish_shut_down();

    net::shard& shard_;
    relay_server_options options_;
    relay::proto::relay_server_state machine_;
    relay::proto::admission admission_;
    http_stats http_;
    net::deadline_timer timer_;
    std::vector<std::unique_ptr<tcp_acceptor>> acceptors_;
    std::unordered_map<client_number, std::unique_ptr<relay_connection>> connections_;
    std::vector<std::unique_ptr<relay_connection>> retired_;
    std::vector<client_number> dirty_;  ///< have something to write
    byte_buffer room_;
    /// In the order of time, which is that of accepting, or of saying the last word.
    std::deque<std::pair<time_point, client_number>> strangers_;
    std::deque<std::pair<time_point, client_number>> lingering_;
    std::uint64_t last_number_ = 0;
    std::function<void()> when_done_;
    time_point close_at_ = no_deadline;  ///< of all clients, on the way down
    bool is_in_turn_ = false;
    bool is_reaping_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< for what is posted
};

}  // namespace meshhost::relayd
