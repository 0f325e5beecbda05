// SPDX-License-Identifier: Apache-2.0
#include "datagram_sim/test_app.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::sim {

namespace {
constexpr std::uint64_t piece_bytes_max = 64 * 1024;
}  // namespace

std::uint8_t pattern_at(stream_id id, std::uint64_t offset) noexcept {
    const auto seed = static_cast<std::uint64_t>(id.value) * 101;
    return static_cast<std::uint8_t>(seed + offset * 31 + (offset >> 8) * 7 + (offset >> 16));
}

void test_app::send(stream_id stream, std::uint64_t bytes, bool fin) {
    outbox& out = outboxes_[stream];
    out.total += bytes;
    out.fin = fin;
    write_more(stream);
}

stream_id test_app::send_new(bool bidi, std::uint64_t bytes, bool fin) {
    const auto stream = connection->open_stream(bidi);
    MH_ASSERT(stream.has_value(), "the peer allows one more stream");
    send(*stream, bytes, fin);
    return *stream;
}

void test_app::write_more(stream_id stream) {
    const auto found = outboxes_.find(stream);
    if (found == outboxes_.end() || connection == nullptr) return;
    outbox& out = found->second;
    byte_buffer piece;
    for (;;) {
        piece.resize(std::min(piece_bytes_max, out.total - out.written));
        for (std::size_t i = 0; i < piece.size(); ++i)
            piece[i] = pattern_at(stream, out.written + i);
        const bool last = out.written + piece.size() == out.total;
        const std::size_t taken = connection->write(stream, piece, last && out.fin);
        out.written += taken;
        if (last || taken < piece.size()) return;
    }
}

void test_app::consume_all() {
    for (auto& [stream, in] : inboxes) {
        if (in.unconsumed > 0) connection->consume(stream, std::exchange(in.unconsumed, 0));
    }
}

std::size_t test_app::count(quic::stream_event_kind kind) const {
    return static_cast<std::size_t>(std::count_if(
        events.begin(),
        events.end(),
        [&](const auto& event) { return event.kind == kind; }
    ));
}

std::optional<quic::stream_event> test_app::last(quic::stream_event_kind kind) const {
    const auto found = std::find_if(events.rbegin(), events.rend(), [&](const auto& event) {
        return event.kind == kind;
    });
    return found == events.rend() ? std::nullopt : std::optional(*found);
}

std::size_t test_app::whole_streams(std::uint64_t bytes) const {
    return static_cast<std::size_t>(std::count_if(
        inboxes.begin(),
        inboxes.end(),
        [&](const auto& entry) {
            return entry.second.intact && entry.second.fin && entry.second.bytes == bytes;
        }
    ));
}

bool test_app::all_intact() const {
    return std::all_of(inboxes.begin(), inboxes.end(), [](const auto& entry) {
        return entry.second.intact;
    });
}

std::uint64_t test_app::bytes_received() const {
    std::uint64_t bytes = 0;
    for (const auto& [stream, in] : inboxes)
        bytes += in.bytes;
    return bytes;
}

std::uint64_t test_app::bytes_taken(stream_id stream) const {
    const auto found = outboxes_.find(stream);
    return found == outboxes_.end() ? 0 : found->second.written;
}

void test_app::on_stream_data(stream_id stream, bytes_view data, bool fin) {
    inbox& in = inboxes[stream];
    in.intact = in.intact && !in.fin;
    for (const std::uint8_t byte : data)
        in.intact = in.intact && byte == pattern_at(stream, in.bytes++);
    in.fin = fin;
    in.early = in.early || !connection->is_connected();
    if (consume_at_once) {
        connection->consume(stream, data.size());
    } else {
        in.unconsumed += data.size();
    }
    const bool peers = (stream.value & 1) == (connection->is_client() ? 1 : 0);
    const bool bidi = (stream.value & 2) == 0;
    if (fin && peers && bidi) send(stream, answer_bytes);
}

void test_app::on_stream_event(const quic::stream_event& event) {
    events.push_back(event);
    if (event.kind == quic::stream_event_kind::writable) write_more(event.stream);
    if (event.kind == quic::stream_event_kind::closed) outboxes_.erase(event.stream);
    if (on_event) on_event(event);
}

void test_app::on_datagram(bytes_view data) {
    datagrams.emplace_back(data.begin(), data.end());
    if (echo_datagrams) (void)connection->send_datagram(data);
}

void test_app::on_closed(const quic::close_reason& reason) {
    MH_ASSERT(!closed.has_value(), "a connection ends once");
    closed = reason;
    connection = nullptr;
}

}  // namespace meshhost::sim
