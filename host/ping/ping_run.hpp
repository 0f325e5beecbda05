// SPDX-License-Identifier: Apache-2.0
#pragma once
// The asking side without IO: which ping is sent when, and what the bytes that come back mean.
#include "base/bytes.hpp"
#include "base/time.hpp"

#include <optional>

namespace meshhost::ping {

inline constexpr std::size_t ping_size_min = 8;  ///< its number
inline constexpr std::size_t ping_size_max = 1024;

struct ping_options {
    unsigned count = 4;
    std::size_t size = 32;   ///< bytes of each, ping_size_min..ping_size_max
    duration interval = 1s;  ///< from one to the next, unless its reply takes longer
    duration timeout = 5s;   ///< of the connection, and of each reply
    bool early_data = true;  ///< the first one may go with the handshake (0-RTT)
};

/// One ping's fate.
struct ping_result {
    unsigned sequence = 0;        ///< from 1
    std::optional<duration> rtt;  ///< nullopt: no reply within the timeout
};

/// A machine: one input, then poll_send() and poll_result() until nullopt. Pings go one after
/// another on one ordered stream, so that a late reply is told from the next one by its number.
class ping_run {
public:
    explicit ping_run(const ping_options& options)
        : options_(options) {}

    void start(time_point now);
    void receive(bytes_view data, time_point now);
    void handle_deadline(time_point now);
    std::optional<time_point> next_deadline() const;

    /// The bytes of the ping that is due.
    std::optional<byte_buffer> poll_send(time_point now);
    std::optional<ping_result> poll_result();

    /// Every ping has its result.
    bool is_done() const noexcept { return sent_ == options_.count && !is_awaiting_ && !result_; }
    /// The peer sent back something else than it was sent: it does not speak this protocol.
    bool is_broken() const noexcept { return is_broken_; }
    unsigned sent() const noexcept { return sent_; }

private:
    void take_echo(bytes_view echo, time_point now);
    void settle(std::optional<duration> rtt, time_point now);

    ping_options options_;
    byte_buffer partial_;  ///< of one echo
    unsigned sent_ = 0;
    unsigned echoed_ = 0;
    bool is_started_ = false;
    bool is_awaiting_ = false;  ///< the reply to ping number sent_
    bool is_broken_ = false;
    time_point sent_at_{};
    time_point next_send_{};
    std::optional<ping_result> result_;
};

/// Ping number `sequence`: its number, big-endian, then bytes that count up from it.
byte_buffer make_ping(unsigned sequence, std::size_t size);

}  // namespace meshhost::ping
