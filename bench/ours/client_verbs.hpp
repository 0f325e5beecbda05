// SPDX-License-Identifier: Apache-2.0
#pragma once
// The verbs of the bench over our transport. Each begins when it is made, reports when it is done
// and then stops the shard.
#include "common/bench_arguments.hpp"
#include "common/report.hpp"
#include "net/deadline_timer.hpp"
#include "ours/client_session.hpp"

#include <memory>
#include <unordered_map>
#include <vector>

namespace meshhost::bench {

/// What every verb works with. All of it outlives the verb.
struct verb_context {
    net::shard& shard;
    transport::endpoint& endpoint;
    const identity::endpoint_addr& server;
    const bench_arguments& asked;
};

class client_verb {
public:
    virtual ~client_verb() = default;
};

std::unique_ptr<client_verb> start_verb(const verb_context& context);

/// hs, hs_resumed: connect, one byte there and back, close; several at once.
class handshake_verb final : public client_verb, session_sink {
public:
    explicit handshake_verb(const verb_context& context);

private:
    void start_one();
    void on_ready(client_session& session) override;
    void on_bytes(client_session& session, bytes_view bytes) override;
    void on_closed(client_session& session) override;

    verb_context context_;
    transport::connect_options options_;
    latency_samples samples_;
    stopwatch run_;
    std::unordered_map<client_session*, bench_clock::time_point> started_at_;
    std::size_t started_ = 0;
    bool warm_ = false;  ///< the first connection is done: it brought the ticket
};

/// pp: one byte there and back on one stream.
class ping_pong_verb final : public client_verb, session_sink {
public:
    explicit ping_pong_verb(const verb_context& context);

private:
    void send_one(client_session& session);
    void on_ready(client_session& session) override;
    void on_bytes(client_session& session, bytes_view bytes) override;
    void on_closed(client_session& session) override;

    verb_context context_;
    latency_samples samples_;
    stopwatch run_;
    bench_clock::time_point sent_at_;
    bool warm_ = false;  ///< the first round trip, which opened the stream, is done
};

/// bulk: MiB on one stream into a sink.
class bulk_verb final : public client_verb, session_sink {
public:
    explicit bulk_verb(const verb_context& context);

private:
    void on_ready(client_session& session) override;
    void on_bytes(client_session& session, bytes_view bytes) override;
    void on_writable(client_session& session) override;
    void on_closed(client_session& session) override;

    verb_context context_;
    stopwatch run_;
    std::uint64_t left_;
    byte_buffer reply_;
};

/// hold: connections that stay and do nothing.
class hold_verb final : public client_verb, session_sink, net::deadline_sink {
public:
    explicit hold_verb(const verb_context& context);

private:
    enum class phase { warming, settling_before, waiting, opening, settling_held, done };

    void start_one();
    void settle();
    void on_ready(client_session& session) override;
    void on_bytes(client_session& session, bytes_view bytes) override;
    void on_closed(client_session& session) override;
    void on_deadline(time_point now) override;

    verb_context context_;
    net::deadline_timer timer_;
    phase phase_ = phase::warming;
    std::size_t made_ = 0;
    std::vector<std::shared_ptr<client_session>> held_;
};

}  // namespace meshhost::bench
