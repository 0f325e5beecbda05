// SPDX-License-Identifier: Apache-2.0
#include "relayd/relay_connection.hpp"

#include "http/message_head.hpp"
#include "net/shard.hpp"
#include "net/tls_context.hpp"
#include "relay/proto/relay_handshake.hpp"
#include "relay/websocket_key.hpp"
#include "relayd/relay_server.hpp"

#include <fmt/format.h>

#include <utility>

#include <sodium/randombytes.h>

namespace meshhost::relayd {

using net::io_state;
namespace proto = relay::proto;

relay_connection::relay_connection(
    relay_server& server,
    proto::client_number number,
    unique_fd socket,
    const ip_endpoint& from,
    const net::tls_server_context* tls,
    time_point authenticate_by
)
    : server_(server)
    , number_(number)
    , phase_(tls == nullptr ? phase::head : phase::tls)
    , from_(from)
    , authenticate_by_(authenticate_by)
    , stream_(std::move(socket))
    , watch_(server.shard_, stream_.descriptor(), *this) {
    if (tls != nullptr) stream_.secure(*tls);
}

bool relay_connection::start() {
    return watch_.start().has_value();
}

bool relay_connection::on_readable() {
    bool is_drained = true;
    switch (phase_) {
    case phase::tls:
        is_drained = shake_hands();
        break;
    case phase::head:
        is_drained = read_head();
        break;
    case phase::relay:
        is_drained = read_frames();
        break;
    case phase::ending:
    case phase::lingers:
        is_drained = read_rest();
        break;
    case phase::over:
        break;
    }
    server_.turn();
    return is_drained;
}

void relay_connection::on_writable() {
    is_blocked_ = false;
    if (phase_ == phase::tls)
        shake_hands();
    else
        flush();
    server_.turn();
}

bool relay_connection::shake_hands() {
    const auto step = stream_.handshake();
    if (step.state == io_state::wants_write) watch_.watch_writable();
    if (step.state == io_state::wants_write || step.state == io_state::wants_read) return true;
    if (step.state != io_state::done) {
        ++server_.http_.errored;
        drop();
        return true;
    }
    phase_ = phase::head;
    return read_head();
}

bool relay_connection::read_head() {
    auto& room = server_.room_;
    const auto step = stream_.read(std::span(room).first(head_max));
    if (step.state == io_state::wants_read) return true;
    if (step.state != io_state::done) {
        drop();
        return true;
    }
    in_.insert(in_.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(step.count));
    if (const auto size = http::find_head(in_)) {
        const byte_buffer whole = std::exchange(in_, {});
        answer(as_text(whole).substr(0, *size), whole.size() > *size);
    } else if (!in_.empty() && (in_.front() < 'A' || in_.front() > 'Z')) {
        ++server_.http_.errored;  // no method begins so: TLS to a port without, as a rule
        drop();
    } else if (in_.size() > head_max) {
        ++server_.http_.errored;
        reply({.status = 431, .body = "Request Header Fields Too Large"}, false);
    }
    return false;
}

void relay_connection::answer(std::string_view head, bool has_more) {
    ++server_.http_.requests;
    const auto asked = http::parse_request_head(head);
    if (!asked) {
        ++server_.http_.errored;
        return reply(bad_request("not a request of HTTP/1.1"), false);
    }
    if (asked->path == proto::relay_path && asked->method == "GET") {
        // Nobody may speak before the answer: what follows would be read as something else.
        if (has_more) return drop();
        return upgrade(*asked);
    }
    reply(relay_page(*asked), asked->method == "HEAD");
}

void relay_connection::upgrade(const http::request& asked) {
    const auto verdict = proto::judge_upgrade(asked.headers);
    if (verdict.status != 101) {
        page out = bad_request(verdict.reason);
        if (verdict.names_version) out.headers.emplace_back("Sec-WebSocket-Version", "13");
        return reply(out, false);
    }
    const auto in_query = asked.query.find("token");
    const std::string_view token = proto::presented_token(
        asked.headers,
        in_query == asked.query.end() ? std::string_view() : std::string_view(in_query->second)
    );
    bool is_readable = true;
    const auto proven = check_proof(verdict.client_auth, is_readable);
    if (!is_readable) return reply(bad_request("the proof of the key cannot be read"), false);
    ++server_.http_.upgrades;
    out_ = fmt::format(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
        "Sec-WebSocket-Accept: {}\r\nSec-WebSocket-Protocol: {}\r\n\r\n",
        relay::answer_websocket_key(verdict.websocket_key),
        proto::subprotocol(verdict.version)
    );
    phase_ = phase::relay;
    proto::client_opening how{
        .version = verdict.version,
        .asked = {},
        .proven = proven,
        .has_token = server_.options_.relay.access.knows(token),
        .authenticate_by = authenticate_by_};
    randombytes_buf(how.asked.data(), how.asked.size());
    server_.machine_.open(number_, how, server_.shard_.now());
}

/// One that does not fit this connection proves nothing: then the challenge has to.
std::optional<identity::endpoint_id> relay_connection::check_proof(
    std::string_view header,
    bool& is_readable
) {
    if (header.empty() || !stream_.is_secure()) return {};
    const auto proof = proto::decode_auth_header(header);
    is_readable = proof.has_value();
    if (!proof) return {};
    proto::exported_key exported{};
    if (!stream_.export_key(proto::exporter_label, proof->id.bytes(), exported)) return {};
    if (!proto::is_proof(*proof, exported)) return {};
    return proof->id;
}

bool relay_connection::read_frames() {
    for (int i = 0; i < reads_a_turn && phase_ == phase::relay; ++i) {
        auto& room = server_.room_;
        const auto step = stream_.read(room);
        if (step.state == io_state::wants_read) return true;
        if (step.state != io_state::done) {
            drop();
            return true;
        }
        server_.machine_.received(number_, std::span(room).first(step.count), server_.shard_.now());
        server_.obey();
        if (stream_.has_less(step.count, room.size()) || watch_.is_paused()) return true;
    }
    return false;
}

/// Nobody wants it: it is read so that the other end's last words do not make the kernel forget
/// ours.
bool relay_connection::read_rest() {
    const auto step = stream_.read(server_.room_);
    if (step.state == io_state::wants_read) return true;
    if (step.state == io_state::done) return false;
    drop();
    return true;
}

void relay_connection::reply(const page& answer, bool is_head) {
    out_ = write_page(answer, is_head, stream_.is_secure());
    phase_ = phase::ending;
    flush();
}

void relay_connection::end() {
    if (phase_ != phase::relay) return;
    phase_ = phase::ending;
    resume();  // to see its end
    flush();
    if (phase_ == phase::ending) drop();  // it takes no more, and had its time
}

void relay_connection::flush() {
    if (is_blocked_ || phase_ == phase::lingers || phase_ == phase::over) return;
    while (has_leftover_ || !out_.empty()) {
        std::size_t taken = 0;
        const bool goes_on = write(as_bytes(out_), taken);
        out_.erase(0, taken);
        if (out_.empty()) std::string().swap(out_);
        if (!goes_on) return;
    }
    while (true) {
        const auto waiting = server_.machine_.outgoing(number_);
        if (waiting.empty()) break;
        std::size_t taken = 0;
        const bool goes_on = write(waiting, taken);
        server_.machine_.taken(number_, taken, server_.shard_.now());
        if (!goes_on) return;
    }
    if (phase_ == phase::ending) finish();
}

/// false: no more now, or never.
bool relay_connection::write(bytes_view bytes, std::size_t& taken) {
    const auto step = stream_.write(bytes);
    taken = step.count;
    has_leftover_ = step.state == io_state::wants_write && stream_.is_secure();
    if (step.state == io_state::done) return true;
    if (step.state != io_state::wants_write) {
        drop();
        return false;
    }
    is_blocked_ = true;
    server_.machine_.blocked(number_, server_.shard_.now());
    watch_.watch_writable();
    return false;
}

void relay_connection::finish() {
    stream_.end_writing();
    phase_ = phase::lingers;
    server_.watch_linger(number_);
}

void relay_connection::drop() {
    if (std::exchange(phase_, phase::over) == phase::over) return;
    server_.retire(number_);
}

}  // namespace meshhost::relayd
