// SPDX-License-Identifier: Apache-2.0
#pragma once
// The asking side of `mesh/ping/1`: dials a peer, pings it, measures. A driver of ping_run.
#include "base/error.hpp"
#include "identity/endpoint_addr.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "ping/ping_run.hpp"
#include "transport/endpoint.hpp"

#include <memory>
#include <optional>

namespace meshhost::ping {

struct ping_summary {
    unsigned sent = 0;
    unsigned received = 0;
    duration rtt_min{};  ///< of those received; 0 when there are none
    duration rtt_mean{};
    duration rtt_max{};
    duration connect_time{};  ///< from the dial to the complete handshake
    transport::handshake_kind handshake = transport::handshake_kind::pending;
    std::optional<failure> fault;  ///< why there was no connection, or why it broke
};

/// Called on the shard's thread, never from inside start().
class ping_sink {
public:
    /// `path` is the one in use when the result was known. May stop() the client.
    virtual void on_ping_result(const ping_result& result, const transport::path_info& path) = 0;
    /// Exactly once, last, unless the client is destroyed before. May destroy the client.
    virtual void on_ping_done(const ping_summary& summary) = 0;

protected:
    ~ping_sink() = default;
};

/// Lifecycle: make it, start(), on_ping_done; destroy it at any time, which ends the connection
/// and says nothing more. One thread: the shard's. `shard`, `endpoint` and `sink` outlive it.
class ping_client final : private net::deadline_sink {
public:
    ping_client(
        net::shard& shard,
        transport::endpoint& endpoint,
        ping_sink& sink,
        const ping_options& options
    );
    ping_client(const ping_client&) = delete;
    ping_client& operator=(const ping_client&) = delete;
    ~ping_client();

    /// Once. Precondition: the options' size is ping_size_min..ping_size_max.
    void start(const identity::endpoint_addr& to);
    /// Sends no more; on_ping_done follows, unless it came before, never from inside this call.
    void stop();

    /// nullptr when there is none, yet or any more. For the audit.
    const transport::connection* connection() const noexcept { return connection_.get(); }

private:
    class link;

    void on_deadline(time_point now) override;
    void on_connected();
    void on_data(bytes_view data);
    void on_ended(const transport::close_reason* reason);

    void begin(time_point now);
    void turn(time_point now);
    void report(const ping_result& result);
    void finish(std::optional<failure> fault);

    net::shard& shard_;
    transport::endpoint& endpoint_;
    ping_sink& sink_;
    ping_options options_;
    ping_run run_;
    net::deadline_timer timer_;
    identity::endpoint_addr to_;
    std::shared_ptr<link> link_;
    std::shared_ptr<transport::connection> connection_;
    std::shared_ptr<transport::stream> stream_;
    time_point dialled_at_{};
    duration rtt_sum_{};
    ping_summary summary_;
    bool is_connected_ = false;
    bool is_stopping_ = false;
    bool is_done_ = false;
};

}  // namespace meshhost::ping
