// SPDX-License-Identifier: Apache-2.0
#pragma once
// The user of one simulated connection: sends streams of a known pattern, checks what it receives
// against it, and writes down everything it is told.
#include "quic/quic_connection.hpp"

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace meshhost::sim {

/// The byte at `offset` of every pattern stream `id`. Says where it belongs, so that a gap, a
/// repetition and a mix-up of streams all show.
std::uint8_t pattern_at(stream_id id, std::uint64_t offset) noexcept;

struct inbox {
    std::uint64_t bytes = 0;
    std::uint64_t unconsumed = 0;
    bool intact = true;  ///< all bytes were the pattern's
    bool fin = false;
    bool early = false;  ///< some of it came before the handshake was done
};

/// Lives in sim_endpoint, and longer than the connection.
class test_app final : public quic::connection_sink {
public:
    /// Null once the connection is gone.
    quic::quic_connection* connection = nullptr;

    // how it behaves
    bool consume_at_once = true;
    bool echo_datagrams = false;
    std::uint64_t answer_bytes = 0;  ///< sent back on each bidi stream of the peer after its FIN

    std::function<void(const quic::stream_event&)> on_event;  ///< besides writing it down

    // what it was told
    bool connected = false;
    std::optional<quic::close_reason> closed;
    std::map<stream_id, inbox> inboxes;
    std::vector<quic::stream_event> events;
    std::vector<byte_buffer> datagrams;

    /// Sends `bytes` of the pattern, then FIN unless told otherwise; goes on by itself.
    void send(stream_id stream, std::uint64_t bytes, bool fin = true);
    /// Opens a stream for it. Precondition: the peer allows one more.
    stream_id send_new(bool bidi, std::uint64_t bytes, bool fin = true);
    /// Gives back the credit of all that was received.
    void consume_all();

    std::size_t count(quic::stream_event_kind kind) const;
    std::optional<quic::stream_event> last(quic::stream_event_kind kind) const;
    /// Streams that arrived whole: intact, with FIN, `bytes` long.
    std::size_t whole_streams(std::uint64_t bytes) const;
    bool all_intact() const;
    std::uint64_t bytes_received() const;
    std::uint64_t bytes_taken(stream_id stream) const;

    // connection_sink
    void on_connected() override { connected = true; }
    void on_stream_data(stream_id stream, bytes_view data, bool fin) override;
    void on_stream_event(const quic::stream_event& event) override;
    void on_datagram(bytes_view data) override;
    void on_closed(const quic::close_reason& reason) override;

private:
    struct outbox {
        std::uint64_t written = 0;
        std::uint64_t total = 0;
        bool fin = true;
    };
    void write_more(stream_id stream);

    std::map<stream_id, outbox> outboxes_;
};

}  // namespace meshhost::sim
