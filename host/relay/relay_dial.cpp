// SPDX-License-Identifier: Apache-2.0
#include "relay/relay_dial.hpp"

#include "http/message_head.hpp"
#include "net/tls_context.hpp"
#include "relay/proto/relay_handshake.hpp"
#include "relay/proto/relay_upgrade.hpp"
#include "relay/websocket_key.hpp"

#include <fmt/format.h>

#include <utility>

namespace meshhost::relay {

using net::io_state;
using proto::down_reason;

relay_dial::relay_dial(
    net::shard& shard,
    const relay_target& target,
    std::string_view token,
    const identity::secret_key& key,
    const net::tls_client_context* tls,
    teller tell
)
    : shard_(shard)
    , target_(target)
    , token_(token)
    , key_(key)
    , tls_(tls)
    , tell_(std::move(tell)) {
    tcp_ = std::make_unique<net::tcp_dial>(
        shard,
        net::tcp_target{target.host, target.port, proto::segment_max},
        [this](net::tcp_result result) { on_connected(std::move(result)); }
    );
}

void relay_dial::on_connected(net::tcp_result result) {
    tcp_.reset();
    if (result.fault == net::tcp_fault::no_such_name)
        return fail(down_reason::no_such_name, std::move(result.cause));
    if (result.fault != net::tcp_fault::none)
        return fail(down_reason::unreachable, std::move(result.cause));
    stream_ = net::stream_socket(std::move(result.socket));
    watch_ = std::make_unique<net::readable_watch>(shard_, stream_.descriptor(), *this);
    if (const auto started = watch_->start(); !started)
        return fail(down_reason::unreachable, started.error().message());
    if (!target_.is_secure) return ask();
    stream_.secure(*tls_, target_.host);
    phase_ = phase::tls;
    shake_hands();
}

bool relay_dial::on_readable() {
    advance();
    return true;
}

void relay_dial::on_writable() {
    advance();
}

void relay_dial::advance() {
    switch (phase_) {
    case phase::tls:
        return shake_hands();
    case phase::asking:
        return write_request();
    case phase::answering:
        return read_answer();
    case phase::tcp:
    case phase::over:
        return;
    }
}

void relay_dial::shake_hands() {
    const auto step = stream_.handshake();
    if (step.state == io_state::wants_write) return watch_->watch_writable();
    if (step.state == io_state::wants_read) return;
    if (step.state != io_state::done) return fail(down_reason::tls_failed, stream_.fault());
    ask();
}

/// Over TLS with the proof that saves a round trip; a relay that cannot check it asks all the same.
void relay_dial::ask() {
    websocket_key_ = make_websocket_key();
    request_ = fmt::format(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\nSec-WebSocket-Protocol: {}\r\n",
        target_.path,
        target_.authority,
        websocket_key_,
        proto::subprotocols_offered
    );
    if (!token_.empty()) request_ += fmt::format("Authorization: Bearer {}\r\n", token_);
    proto::exported_key exported{};
    if (stream_.export_key(proto::exporter_label, key_.id().bytes(), exported))
        request_ += fmt::format(
            "{}: {}\r\n",
            proto::auth_header_name,
            proto::make_auth_header(key_, exported)
        );
    request_ += "\r\n";
    phase_ = phase::asking;
    write_request();
}

void relay_dial::write_request() {
    const auto step = stream_.write(as_bytes(request_));
    request_.erase(0, step.count);
    if (step.state == io_state::wants_write) return watch_->watch_writable();
    if (step.state != io_state::done) return fail(down_reason::closed, stream_.fault());
    phase_ = phase::answering;
    read_answer();
}

void relay_dial::read_answer() {
    while (true) {
        const std::size_t before = answer_.size();
        answer_.resize(before + head_max);
        const auto step = stream_.read(std::span(answer_).subspan(before));
        answer_.resize(before + step.count);
        if (const auto size = http::find_head(answer_)) return judge_answer(*size);
        if (answer_.size() > head_max)
            return fail(down_reason::not_a_relay, "an answer without an end");
        if (step.state == io_state::wants_read) return;
        if (step.state != io_state::done) return fail(down_reason::closed, stream_.fault());
    }
}

void relay_dial::judge_answer(std::size_t head_size) {
    constexpr unsigned switching = 101;
    const auto head = http::parse_answer_head(as_text(answer_).substr(0, head_size));
    if (!head) return fail(down_reason::not_a_relay, "its answer is no HTTP/1.1");
    if (head->status == 401 || head->status == 403)
        return fail(down_reason::denied, fmt::format("HTTP status {}", head->status));
    if (head->status != switching)
        return fail(down_reason::not_a_relay, fmt::format("HTTP status {}", head->status));
    if (http::find_header(head->headers, "sec-websocket-accept")
        != answer_websocket_key(websocket_key_))
        return fail(down_reason::not_a_relay, "its answer is to another question");
    const auto named = http::find_header(head->headers, "sec-websocket-protocol");
    const auto version = proto::choose_version(named);
    if (!version) return fail(down_reason::not_a_relay, "it speaks no version that we speak");
    dial_result result;
    result.version = *version;
    result.early.assign(answer_.begin() + static_cast<std::ptrdiff_t>(head_size), answer_.end());
    watch_.reset();  // it watches what is given away
    result.stream = std::move(stream_);
    end(std::move(result));
}

void relay_dial::fail(down_reason reason, std::string cause) {
    end({.reason = reason, .cause = std::move(cause)});
}

void relay_dial::end(dial_result result) {
    phase_ = phase::over;
    watch_.reset();
    const teller told = std::exchange(tell_, nullptr);
    told(std::move(result));
}

}  // namespace meshhost::relay
