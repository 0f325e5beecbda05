// SPDX-License-Identifier: Apache-2.0
#pragma once
// Two endpoints on loopback, a protocol that echoes, and a client that counts what comes back.
#include "support/loop.hpp"
#include "transport/endpoint.hpp"

#include <map>
#include <string>

namespace meshhost::test {

inline constexpr const char* echo_alpn = "test/echo/1";

/// Echoes every stream until FIN, with back-pressure; echoes DATAGRAM frames; remembers peers.
class echo_protocol final : public transport::protocol_handler,
                            public std::enable_shared_from_this<echo_protocol> {
public:
    explicit echo_protocol(bool replay_safe = false)
        : replay_safe_(replay_safe) {}

    void on_connection(std::shared_ptr<transport::connection> incoming) override;
    bool is_replay_safe() const noexcept override { return replay_safe_; }

    std::vector<identity::endpoint_id> peers;
    std::vector<transport::close_reason> ends;
    std::vector<std::shared_ptr<transport::connection>> connections;
    std::size_t streams_ended = 0;

private:
    bool replay_safe_;
};

/// Sends what it is given on one bidi stream and keeps what comes back.
class echo_client final : public transport::connection_handler,
                          public std::enable_shared_from_this<echo_client> {
public:
    void on_connected(transport::connection& with) override;
    void on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) override;
    void on_datagram(transport::connection&, bytes_view data) override;
    void on_send_low(transport::connection&) override { ++send_lows; }
    void on_streams_granted(transport::connection&) override { ++grants; }
    void on_closed(transport::connection&, const transport::close_reason& reason) override;

    /// Opens the stream; on_connected does it too, unless there is one.
    void send(transport::connection& over);

    byte_buffer to_send;
    byte_buffer received;
    std::vector<std::string> datagrams;
    std::size_t send_lows = 0;
    std::size_t grants = 0;
    bool fin_received = false;
    bool connected = false;
    bool auto_send = true;
    std::optional<transport::close_reason> closed;

private:
    class echo_stream;
    bool sent_ = false;
};

/// Bytes that show where they belong.
byte_buffer pattern(std::size_t size);

struct echo_pair {
    explicit echo_pair(transport::endpoint_options server_options = default_options());

    static transport::endpoint_options default_options();
    std::shared_ptr<transport::connection> dial(transport::connect_options options = {});
    template <class Predicate>
    bool run_until(Predicate done) {
        return test::run_until(shard, done);
    }

    net::shard shard;
    std::shared_ptr<echo_protocol> protocol = std::make_shared<echo_protocol>();
    std::shared_ptr<echo_client> client = std::make_shared<echo_client>();
    std::unique_ptr<transport::endpoint> server;
    std::unique_ptr<transport::endpoint> dialler;
};

}  // namespace meshhost::test
