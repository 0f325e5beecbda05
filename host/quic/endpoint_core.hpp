// SPDX-License-Identifier: Apache-2.0
#pragma once
// All QUIC connections of an endpoint without IO: datagrams are told apart by connection id,
// newcomers are accepted, made to prove their address, or refused; one deadline serves all.
#include "base/invariant.hpp"
#include "base/token_bucket.hpp"
#include "quic/closing_table.hpp"
#include "quic/connection_id.hpp"
#include "quic/connection_memory.hpp"
#include "quic/quic_connection.hpp"

#include <boost/heap/d_ary_heap.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <map>

namespace meshhost::quic {

struct core_counters {
    std::uint64_t opened = 0;
    std::uint64_t closed = 0;
    std::array<std::uint64_t, close_cause_count> closed_by_cause{};
    std::uint64_t datagrams_received = 0;
    std::uint64_t bytes_received = 0;  ///< of them
    std::uint64_t datagrams_dropped = 0;
    std::uint64_t retries_sent = 0;
    std::uint64_t resets_sent = 0;
    std::uint64_t early_data_accepted = 0;
};

struct core_tables {
    std::size_t connections = 0;  ///< closing ones included
    std::size_t half_open = 0;
    std::size_t streams = 0;
    std::size_t timers = 0;
    std::size_t connection_ids = 0;
    std::size_t tickets = 0;
    std::size_t tokens = 0;
    std::size_t tls_sessions = 0;
    std::size_t send_bytes = 0;
    std::size_t closing = 0;  ///< of the connections: ended, their ids reserved
    object_counts objects;
};

struct core_options {
    transport_config transport;
    std::uint16_t shard = 0;
    std::array<std::uint8_t, 32> reset_key;  ///< survives restarts: stateless resets
    std::vector<std::string> alpns;          ///< served; none: newcomers are refused by TLS
};

/// One thread. Outlives nothing above it: port, sink and context outlive it. Every entry that
/// takes `now` may call the sinks; connections named by a reference stay until on_closed has
/// returned and the outermost call into the core has, too.
class endpoint_core final : private connection_owner {
public:
    endpoint_core(
        core_options options,
        const tls_context& tls,
        datagram_port& port,
        endpoint_sink& sink
    );
    ~endpoint_core();

    /// One UDP payload. Takes effect at once; what it makes the connections say leaves at flush(),
    /// or right away when it was a handshake's packet.
    void receive(path_id path, std::uint8_t ecn, std::span<std::uint8_t> data, time_point now);
    /// Whether a datagram with a short header is addressed to a connection that is, or was of late.
    /// The fixed bit says nothing of it: peers may clear it (RFC 9287).
    bool is_addressed(bytes_view datagram) const;
    /// Writes all that connections have to say and clears away the ended ones. From inside a sink
    /// it does nothing: what runs the sink is followed by a flush.
    void flush(time_point now);
    time_point next_deadline() const;
    void on_deadline(time_point now);
    /// After datagram_port::send returned false, once it takes datagrams again.
    void resume(time_point now);

    quic_connection& dial(const dial_parameters& parameters, connection_sink& sink, time_point now);
    void set_alpns(std::vector<std::string> alpns) { options_.alpns = std::move(alpns); }

    /// Every connection alive, in no order.
    std::vector<quic_connection*> connections() const;

    const core_counters& counters() const noexcept { return counters_; }
    std::uint64_t datagrams_sent() const noexcept { return writer_.packets(); }
    std::uint64_t bytes_sent() const noexcept { return writer_.bytes(); }
    core_tables measure() const;
    /// What must hold between the tables; what should have gone before `due` is gone.
    std::vector<invariant> invariants(time_point due) const;
    /// The same for tests and debug builds, which it ends.
    void check_invariants() const;

private:
    struct timer {
        time_point at;
        quic_connection* connection;
        bool operator<(const timer& other) const noexcept { return at > other.at; }
    };
    using timer_heap =
        boost::heap::d_ary_heap<timer, boost::heap::arity<4>, boost::heap::mutable_<true>>;

    struct slot {
        std::unique_ptr<quic_connection> connection;
        timer_heap::handle_type timer;
    };

    // connection_owner
    ngtcp2_cid issue_id(quic_connection& connection, reset_token& token) override;
    void retire_id(const ngtcp2_cid& cid) override;
    void heed_reset(quic_connection& connection, const reset_token& token) override;
    void forget_reset(quic_connection& connection, const reset_token& token) override;
    void on_dirty(quic_connection& connection) override;
    connection_sink* on_accepted(quic_connection& connection) override;
    bool is_replay_safe(std::string_view alpn) const override;
    byte_buffer make_token(path_id path, time_point now) const override;

    connection_context context() {
        return {options_.transport, tls_, port_, *this, cache_, memory_.get(), objects_};
    }
    quic_connection& adopt(std::unique_ptr<quic_connection> connection);
    void accept(path_id path, std::uint8_t ecn, std::span<std::uint8_t> data, time_point now);
    void claim_first_id(quic_connection& connection, const ngtcp2_cid& cid);
    enum class admission : std::uint8_t { admit, retry, drop };
    admission admit(
        path_id path,
        ngtcp2_pkt_hd& header,
        std::optional<ngtcp2_cid>& retried,
        time_point now
    );
    void send_retry(path_id path, const ngtcp2_pkt_hd& header, time_point now);
    void send_version_negotiation(path_id path, const ngtcp2_version_cid& ids, time_point now);
    quic_connection* reset_by(path_id path, bytes_view datagram) const;
    void send_stateless_reset(
        path_id path,
        const connection_id& id,
        std::size_t trigger,
        time_point now
    );
    void send_one(path_id path, bytes_view datagram);
    void send_refusal(path_id path, const ngtcp2_pkt_hd& header, time_point now);
    void leave_half_open(quic_connection& connection);
    void set_timer(quic_connection& connection, time_point at);
    void bury(quic_connection& connection, time_point now);

    core_options options_;
    const tls_context& tls_;
    datagram_port& port_;
    endpoint_sink& sink_;
    packet_writer writer_;
    session_cache cache_;
    connection_memory memory_;
    object_counts objects_;
    connection_id_issuer issuer_;
    std::array<std::uint8_t, 32> token_key_;

    std::vector<slot> slots_;
    boost::unordered_flat_map<connection_id, quic_connection*, connection_id_hash> ids_;
    boost::unordered_flat_map<identity::endpoint_id, std::size_t, std::hash<identity::endpoint_id>>
        accepted_per_peer_;
    /// By token; which connection a stateless reset is meant for cannot be told otherwise.
    std::map<reset_token, quic_connection*> reset_tokens_;
    timer_heap timers_;
    closing_table closing_;
    closing_table retired_;  ///< ids of connections that go on
    std::vector<quic_connection*> dirty_;
    std::vector<quic_connection*> flushing_;
    std::size_t half_open_ = 0;
    unsigned depth_ = 0;  ///< calls into the core that will flush by themselves
    bool flush_wanted_ = false;
    time_point turn_{};  ///< of the call being handled

    token_bucket retries_{1000, 2000};
    token_bucket resets_{100, 200};
    token_bucket negotiations_{100, 200};
    core_counters counters_;
};

}  // namespace meshhost::quic
