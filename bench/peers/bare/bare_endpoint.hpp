// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bare loop: one UDP socket with GRO and GSO, poll(2), and whatever connections there are.
#include "base/unique_fd.hpp"
#include "peers/bare/bare_connection.hpp"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace meshhost::bench {

/// One thread.
class bare_endpoint final : public connection_ids {
public:
    /// On 127.0.0.1; ends the process when the port cannot be had.
    bare_endpoint(const bare_credentials& credentials, bool is_server, std::uint16_t port);
    bare_endpoint(const bare_endpoint&) = delete;
    bare_endpoint& operator=(const bare_endpoint&) = delete;
    ~bare_endpoint();

    std::uint16_t port() const noexcept { return ntohs(local_.sin_port); }

    bare_connection& dial(std::uint16_t port);
    /// Lets a connection say what it was just given to say.
    void flush(bare_connection& connection) { connection.flush(train_); }
    void close(bare_connection& connection) { connection.close(train_); }

    /// Waits for datagrams or a deadline, at most `limit`, and lets everybody touched speak.
    void turn(ngtcp2_tstamp limit = NGTCP2_SECONDS);
    /// Deletes what has died; references to it end here.
    void reap();

private:
    void add(const ngtcp2_cid& id, bare_connection& owner) override;
    void remove(const ngtcp2_cid& id) override;

    bool wait(ngtcp2_tstamp limit);
    void receive();
    void on_packet(const sockaddr_in& from, std::span<std::uint8_t> packet);
    bare_connection* accept(const sockaddr_in& from, std::span<const std::uint8_t> packet);
    void run_deadlines();

    const bare_credentials& credentials_;
    bool is_server_;
    sockaddr_in local_{};
    unique_fd socket_;
    packet_train train_;
    std::unordered_map<std::string, bare_connection*> by_id_;
    std::vector<std::unique_ptr<bare_connection>> connections_;
    std::vector<bare_connection*> touched_;
};

}  // namespace meshhost::bench
