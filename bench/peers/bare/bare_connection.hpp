// SPDX-License-Identifier: Apache-2.0
#pragma once
// One ngtcp2 connection with the least around it: streams that echo, sink or load.
#include "peers/bare/bare_tls.hpp"
#include "peers/bare/packet_train.hpp"

#include <ngtcp2/ngtcp2.h>

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace meshhost::bench {

class bare_connection;

/// Who knows which connection a connection id belongs to.
class connection_ids {
public:
    virtual void add(const ngtcp2_cid& id, bare_connection& owner) = 0;
    virtual void remove(const ngtcp2_cid& id) = 0;

protected:
    ~connection_ids() = default;
};

/// CLOCK_MONOTONIC in nanoseconds, as ngtcp2 counts.
ngtcp2_tstamp bare_now() noexcept;

/// The first byte of a stream says what becomes of the rest.
inline constexpr std::uint8_t echo_mark = 'E';  ///< comes back
inline constexpr std::uint8_t sink_mark = 'S';  ///< is counted; at FIN, 8 bytes say how many

inline constexpr std::size_t connection_id_bytes = 8;
inline constexpr std::size_t udp_payload_max = 1'452;

class bare_connection {
public:
    bare_connection(
        const bare_credentials& credentials,
        connection_ids& ids,
        const sockaddr_in& local,
        const sockaddr_in& remote
    );
    bare_connection(const bare_connection&) = delete;
    bare_connection& operator=(const bare_connection&) = delete;
    ~bare_connection();

    void dial();
    /// false: `initial` starts no connection.
    bool accept(const ngtcp2_pkt_hd& initial);

    void read(std::span<const std::uint8_t> packet);
    void on_deadline();
    void flush(packet_train& out);
    void close(packet_train& out);

    /// Begins a stream with its mark and `bytes` of payload.
    void open_stream(std::uint8_t mark, std::uint64_t bytes, bool fin);
    /// Sends more on the stream opened last.
    void add_bytes(std::uint64_t bytes);

    bool is_ready() const noexcept { return ready_; }
    bool is_dead() const noexcept { return dead_; }
    bool has_stream() const noexcept { return own_stream_ >= 0; }
    ngtcp2_tstamp deadline() const;
    /// Bytes received on streams, and the count in the reply of a sink.
    std::uint64_t received() const noexcept { return received_; }
    std::uint64_t sink_count() const noexcept { return sink_count_; }

private:
    friend struct bare_callbacks;

    struct stream {
        std::uint8_t mark = 0;  ///< 0: the peer's has not come yet
        bool mark_sent = true;  ///< false: ours has to go first
        bool fin = false;       ///< end after `pending`
        bool fin_sent = false;
        bool blocked = false;        ///< by flow control
        std::uint64_t pending = 0;   ///< bytes to send
        std::uint64_t received = 0;  ///< without the mark
        std::uint64_t reply = 0;     ///< of a sink
    };

    struct write_source {
        std::int64_t id;
        stream* from;
        ngtcp2_vec bytes;
        std::uint32_t flags;
    };

    void prepare(bool is_server);
    void start_tls(bool is_server);
    void add_id(const ngtcp2_cid& id);
    ngtcp2_path path() noexcept;
    void fail(int error);
    write_source next_source();
    void taken(const write_source& source, std::uint64_t bytes);
    void on_stream_bytes(std::int64_t id, std::span<const std::uint8_t> bytes, bool fin);
    void serve_bytes(stream& to, std::span<const std::uint8_t> bytes, bool fin);

    const bare_credentials& credentials_;
    connection_ids& ids_;
    sockaddr_in local_;
    sockaddr_in remote_;
    ngtcp2_crypto_conn_ref reference_{};
    ngtcp2_callbacks callbacks_{};
    ngtcp2_settings settings_{};
    ngtcp2_transport_params parameters_{};
    ngtcp2_conn* conn_ = nullptr;
    tls_session_ptr tls_;
    std::map<std::int64_t, stream> streams_;
    std::vector<ngtcp2_cid> issued_;
    std::int64_t own_stream_ = -1;
    std::uint64_t received_ = 0;
    std::uint64_t sink_count_ = 0;
    bool is_server_ = false;
    bool ready_ = false;
    bool dead_ = false;
};

}  // namespace meshhost::bench
