// SPDX-License-Identifier: Apache-2.0
#pragma once
// One QUIC connection without IO: an ngtcp2 connection, its TLS handshake, its streams. Datagrams
// and a deadline go in, datagrams and events come out (RFC 9000, 9001, 9221).
#include "base/time.hpp"
#include "quic/black_hole.hpp"
#include "quic/connection_id.hpp"
#include "quic/handshake_kind.hpp"
#include "quic/liveness.hpp"
#include "quic/ngtcp2_handles.hpp"
#include "quic/packet_writer.hpp"
#include "quic/ports.hpp"
#include "quic/session_cache.hpp"
#include "quic/stream_state.hpp"
#include "quic/tls_session.hpp"
#include "quic/transport_config.hpp"

#include <boost/container/small_vector.hpp>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace meshhost::quic {

/// What a connection asks of the endpoint that owns it.
class connection_owner {
public:
    virtual ngtcp2_cid issue_id(quic_connection& connection, reset_token& token) = 0;
    virtual void retire_id(const ngtcp2_cid& cid) = 0;
    /// A stateless reset with this token ends the connection, until it is forgotten.
    virtual void heed_reset(quic_connection& connection, const reset_token& token) = 0;
    virtual void forget_reset(quic_connection& connection, const reset_token& token) = 0;
    /// There is something to write, a new deadline, or an end to take note of.
    virtual void on_dirty(quic_connection& connection) = 0;
    /// A handshake with a client is done: its sink, or nullptr to refuse it.
    virtual connection_sink* on_accepted(quic_connection& connection) = 0;
    virtual bool is_replay_safe(std::string_view alpn) const = 0;
    /// A token that spares this client the address validation of its next connection.
    virtual byte_buffer make_token(path_id path, time_point now) const = 0;

protected:
    ~connection_owner() = default;
};

/// Shared by the connections of an endpoint, which all of it outlives.
struct connection_context {
    const transport_config& config;
    const tls_context& tls;
    datagram_port& port;
    connection_owner& owner;
    session_cache& cache;
    const ngtcp2_mem* memory;
    object_counts& counts;
};

struct dial_parameters {
    path_id path;
    identity::endpoint_id expected;
    std::string alpn;
    bool early_data = false;
    bool resume = true;  ///< false: no ticket is offered, nor used up
};

struct accept_parameters {
    path_id path;
    const ngtcp2_pkt_hd& header;          ///< of the first Initial
    const ngtcp2_cid* retried = nullptr;  ///< the client's first DCID, when a Retry was answered
    std::span<std::string const> alpns;
};

/// Owned by endpoint_core; gone soon after connection_sink::on_closed. One thread. Its queues are
/// bounded by transport_config; the peer's share by flow control.
class quic_connection {
public:
    static std::unique_ptr<quic_connection> dial(
        const connection_context& context,
        const dial_parameters& parameters,
        connection_sink& sink,
        time_point now
    );
    /// nullptr when ngtcp2 refuses the packet.
    static std::unique_ptr<quic_connection> accept(
        const connection_context& context,
        const accept_parameters& parameters,
        time_point now
    );

    quic_connection(const quic_connection&) = delete;
    quic_connection& operator=(const quic_connection&) = delete;
    ~quic_connection();

    // --- for the application above
    bool is_client() const noexcept { return is_client_; }
    bool is_connected() const noexcept { return connected_ && !ended_; }
    bool has_ended() const noexcept { return ended_.has_value(); }
    bool sends_early_data() const noexcept { return early_data_; }
    handshake_kind handshake() const noexcept { return handshake_; }
    const identity::endpoint_id& peer() const noexcept { return peer_; }
    const std::string& alpn() const noexcept { return alpn_; }

    std::optional<stream_id> open_stream(bool bidi);
    std::size_t write(stream_id stream, bytes_view data, bool fin);
    void consume(stream_id stream, std::size_t bytes);
    void reset(stream_id stream, std::uint64_t code);
    void stop(stream_id stream, std::uint64_t code);
    std::size_t datagram_size_max() const noexcept;
    bool send_datagram(bytes_view data);
    void close(std::uint64_t code, std::string_view reason);
    /// Ends it with CONNECTION_REFUSED.
    void refuse(std::string_view why);
    /// Ends it with no word to the peer.
    void abandon(close_cause cause, std::string detail);
    /// Moves a dialled connection to another path (RFC 9000 §9.2). false: not possible now.
    bool migrate(path_id to, time_point now);
    /// The same once the path has proved to lead there; meanwhile it goes on as it is. The sink
    /// hears on_path_checked(). false: not possible now.
    bool check_path(path_id to, time_point now);
    /// Bytes that both ends can make and nobody else (RFC 8446 §7.5, RFC 5705), `label` for this
    /// use alone. While TLS is held: until a sink has heard that the handshake is done.
    std::optional<std::array<std::uint8_t, 32>> export_secret(std::string_view label) const;

    // When silence ends it. No interval is longer than leaves two tries within the idle limit.
    /// Asks whenever the peer was silent; no answer ends it as `unresponsive`. In place of
    /// keep-alives.
    void watch_liveness(const liveness_terms& terms, time_point now);
    /// Asks now, with the terms of watch_liveness() or the default ones.
    void probe_now(time_point now);
    /// A PING this often in quiet times, whatever comes of it; zero: never.
    void set_keep_alive(duration interval);
    /// The network says that nobody listens where it sends: it asks, and ends as `port_closed`
    /// when that is said of every question, and nothing else is heard.
    void on_refused(time_point now);
    /// Something of the peer was decrypted.
    bool was_heard() const noexcept { return was_heard_; }

    struct statistics {
        path_id path;
        duration rtt{};
        duration rtt_min{};
        std::uint64_t bytes_sent = 0;
        std::uint64_t bytes_received = 0;
        std::size_t mtu = 0;  ///< UDP bytes of the longest packet that it sends
        std::size_t probes_unanswered =
            0;  ///< PTOs since something was acknowledged (RFC 9002 §6.2)
    };
    statistics measure() const;
    std::size_t streams() const noexcept { return streams_.size(); }
    /// Held by all streams: not sent, or sent and not acknowledged.
    std::size_t send_bytes() const noexcept;
    /// One on_send_low() when acknowledgements bring send_bytes() down to `bytes`.
    void notify_send_low(std::size_t bytes) noexcept { send_low_ = bytes; }
    bool holds_tls() const noexcept { return tls_.has_value(); }

    // --- for endpoint_core below
    void receive(path_id heard, std::uint8_t ecn, std::span<std::uint8_t> data, time_point now);
    void flush(packet_writer& writer, time_point now);
    time_point deadline() const noexcept;
    void on_deadline(time_point now);
    /// Hands over the end, once; nullopt while it lives.
    const std::optional<close_reason>& ended() const noexcept { return ended_; }
    /// The peer's CONNECTION_CLOSE was read: it needs no answer, now or later.
    bool was_ended_by_peer() const noexcept;
    /// The CONNECTION_CLOSE packet to repeat while late packets arrive; may be empty.
    const byte_buffer& farewell() const noexcept { return farewell_; }
    duration linger() const noexcept;  ///< how long its ids stay reserved: 3 PTO (§10.2)
    path_id current_path() const noexcept;
    /// Where the last datagram came from, as the port told it.
    path_id last_heard() const noexcept { return last_heard_; }
    /// Tells the sink of the end; later calls do nothing.
    void deliver_end();
    boost::container::small_vector<ngtcp2_cid, 10> issued_ids() const;

    /// Where this connection stands in endpoint_core's tables; written by it alone.
    struct bookkeeping {
        bool dirty = false;
        bool half_open = false;
        bool counted_for_peer = false;
        std::size_t slot = 0;
        /// What the client addressed its first flight to, before and after a Retry.
        boost::container::small_vector<connection_id, 2> first_ids;
        /// The peer's, of the ids we address it by.
        boost::container::small_vector<reset_token, 1> reset_tokens;
    };
    bookkeeping book;

private:
    friend struct ngtcp2_callbacks_access;

    quic_connection(const connection_context& context, bool is_client, time_point now);
    struct client_start {
        const dial_parameters& parameters;
        byte_buffer token{};
        ngtcp2_cid ours{};
        time_point now{};
        std::optional<resumption> remembered{};
    };
    bool begin(client_start& start);
    ngtcp2_settings settings(time_point now) const;
    ngtcp2_transport_params parameters() const;

    // driven by ngtcp2's callbacks
    int on_handshake_completed();
    int on_stream_opened(stream_id id);
    int on_stream_bytes(stream_id id, bytes_view data, bool fin, bool early);
    void on_acknowledged(stream_id id, std::size_t bytes);
    void on_stream_reset(stream_id id, std::uint64_t code);
    void on_stream_closed(stream_id id, std::uint64_t code);
    void acknowledge_orphan(stream_id id, std::size_t bytes);
    void check_send_low();
    void end_stream(stream_id id, std::uint64_t code);
    void on_stream_credit(stream_id id);
    void on_streams_granted();
    int on_early_data_rejected();
    void on_datagram(bytes_view data, bool early);
    int on_crypto_data(ngtcp2_crypto_level level, bytes_view data);
    void on_datagram_settled(std::uint64_t id, bool arrived);
    void on_token(bytes_view token);
    void on_stateless_reset();
    void on_path_validation(const ngtcp2_path& checked, bool works);

    bool recognise_peer();
    bool ensure_sink_for_early_data();
    void finish_client_handshake();
    void finish_server_handshake();
    void keep_ticket();
    bool use_path(path_id path);
    path_id familiar(path_id heard) const;
    path_id mapped(path_id physical) const;
    path_id physical(const ngtcp2_path& mapped) const;
    void count_move(path_id before);
    void answer_elsewhere();
    void schedule(stream_state& stream);
    void mark_dirty();
    void end(close_cause cause, std::uint64_t code, std::string reason);
    void end_after_error(int error);
    close_reason peer_close_reason() const;
    void close_with(const ngtcp2_connection_close_error& error, close_reason as);
    bool paces() const noexcept;
    void forget_sent(time_point now);
    void write_close(packet_writer& writer, time_point now);

    // writing
    enum class step : std::uint8_t { more, stop };
    step write_packet(packet_writer& writer, std::size_t& written, time_point now);
    ngtcp2_ssize write_datagram_frame(
        ngtcp2_path_storage& path,
        ngtcp2_pkt_info& info,
        std::span<std::uint8_t> room,
        time_point now
    );
    ngtcp2_ssize write_stream_frame(
        ngtcp2_path_storage& path,
        ngtcp2_pkt_info& info,
        std::span<std::uint8_t> room,
        time_point now
    );
    stream_state* next_to_write();
    void drop_from_schedule(stream_state& stream);
    void review_streams(time_point now);
    bool is_stopped_by_peer(stream_id id, time_point now);
    bool is_over(const stream_state& stream) const;
    void stop_sending(stream_state& stream);
    bool may_write_datagram() const;
    void drop_oversized_datagrams();
    void probe_for_datagrams(packet_writer& writer, time_point now);
    void write_ping(packet_writer& writer, time_point now);
    void notice_move();
    void ask_if_due(packet_writer& writer, time_point now);
    void review_liveness(liveness::verdict verdict);
    void review_standstill(time_point now);
    std::size_t path_mtu() const noexcept;
    std::size_t packet_bytes_max() const noexcept;
    duration idle_share(double share) const noexcept;
    duration probe_timeout() const noexcept;
    void offer_resumption(time_point now);

    stream_state* find(stream_id id);

    connection_context context_;
    const bool is_client_;
    ngtcp2_crypto_conn_ref reference_{};
    std::optional<tls_session> tls_;
    ngtcp2_conn_ptr conn_;
    connection_sink* sink_ = nullptr;

    identity::endpoint_id peer_;  ///< expected until proved, for a client
    std::string alpn_;
    bool has_begun_ = false;  ///< a client whose ClientHello is written
    bool connected_ = false;
    bool early_data_ = false;
    handshake_kind handshake_ = handshake_kind::pending;
    bool tickets_sent_ = false;
    time_point tls_kept_until_ = no_deadline;

    path_id home_;  ///< the path ngtcp2 knows the handshake by
    path_id last_heard_;
    path_id answered_;  ///< the physical path that stands for home_
    boost::container::small_vector<path_id, 2> paths_;
    static constexpr unsigned moves_shift = 40;  ///< more paths than a host hears of in its life
    std::uint64_t moves_ = 1;                    ///< see mapped()

    std::map<stream_id, stream_state> streams_;
    /// Sent by streams that are over here: ngtcp2 may send it again until it is acknowledged.
    std::map<stream_id, send_queue> orphans_;
    std::vector<stream_id> ready_;         ///< streams with output, in turn
    std::optional<std::size_t> send_low_;  ///< send_bytes() that the sink waits for
    bool review_ = false;                  ///< streams may have ended with no callback
    std::size_t uni_streams_extended_ = 0;
    std::vector<byte_buffer> datagrams_;  ///< frames to send, oldest first
    std::uint64_t next_datagram_ = 0;
    /// Of DATAGRAM frames that only a long packet holds some were lost, and none has arrived since.
    bool long_datagrams_lost_ = false;
    std::optional<time_point> datagrams_stuck_since_;
    black_hole black_hole_;
    time_point standstill_review_{};
    std::size_t datagrams_under_way_ = 0;  ///< neither acknowledged nor lost
    time_point probe_at_ = no_deadline;
    unsigned probes_unanswered_ = 0;
    duration keep_alive_;
    liveness liveness_;
    /// And there is something to say there. The peer of a client sends where it was until it hears
    /// of us here: a challenge alone does not tell it (RFC 9000 §9.2). At either end ngtcp2 0.12
    /// forgets its timer of loss with the old path's congestion state, so that what was lost there,
    /// credit for instance, would be repeated by nobody.
    bool has_moved_ = false;
    path_id moved_to_;  ///< where it went last; none before the handshake is done
    bool was_heard_ = false;

    /// Early data of a client whose request must not be replayed, until its handshake is done.
    struct held_frame {
        std::optional<stream_id> stream{};  ///< nullopt: a DATAGRAM frame
        byte_buffer data{};
        bool fin = false;
        bool opened = false;
    };
    std::vector<held_frame> held_;
    std::size_t held_bytes_ = 0;

    std::optional<ngtcp2_connection_close_error> closing_;
    std::string closing_reason_;
    close_reason closing_as_;
    std::optional<close_reason> ended_;
    bool end_delivered_ = false;
    bool reset_by_peer_ = false;
    byte_buffer farewell_;
    std::uint64_t bytes_sent_ = 0;
    std::uint64_t bytes_received_ = 0;
};

}  // namespace meshhost::quic
