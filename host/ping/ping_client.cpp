// SPDX-License-Identifier: Apache-2.0
#include "ping/ping_client.hpp"

#include "base/assert.hpp"
#include "ping/ping_handler.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::ping {

namespace {

failure not_an_echo(const identity::endpoint_id& peer) {
    return {
        exit_code::failure,
        "E_PING_ECHO",
        peer.short_text() + " did not send back what it was sent",
        "check that both ends run compatible versions of meshhost"};
}

failure no_stream(const identity::endpoint_id& peer) {
    return {
        exit_code::failure,
        "E_PING_STREAM",
        peer.short_text() + " lets nobody open a stream",
        "check that both ends run compatible versions of meshhost"};
}

failure stream_ended(const identity::endpoint_id& peer) {
    return {
        exit_code::failure,
        "E_PING_STREAM",
        peer.short_text() + " ended the stream before the last reply",
        "try again; it may have been stopping"};
}

}  // namespace

/// What the transport keeps: it may outlive the client, and is silent then.
class ping_client::link final : public transport::connection_handler,
                                public transport::stream_handler {
public:
    explicit link(ping_client& client)
        : client_(&client) {}

    void detach() noexcept { client_ = nullptr; }

    void on_connected(transport::connection&) override {
        if (client_ != nullptr) client_->on_connected();
    }
    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
    void on_closed(transport::connection&, const transport::close_reason& reason) override {
        if (client_ != nullptr) client_->on_ended(&reason);
    }
    void on_data(transport::stream& from, bytes_view data, bool) override {
        from.consume(data.size());
        if (client_ != nullptr) client_->on_data(data);
    }
    void on_closed(transport::stream&, transport::stream_end end, std::uint64_t) override {
        const bool is_connection_up = end != transport::stream_end::connection_closed;
        if (client_ != nullptr && is_connection_up) client_->on_ended(nullptr);
    }

private:
    ping_client* client_;
};

ping_client::ping_client(
    net::shard& shard,
    transport::endpoint& endpoint,
    ping_sink& sink,
    const ping_options& options
)
    : shard_(shard)
    , endpoint_(endpoint)
    , sink_(sink)
    , options_(options)
    , run_(options)
    , timer_(shard, *this)
    , link_(std::make_shared<link>(*this)) {}

ping_client::~ping_client() {
    link_->detach();
    if (connection_ != nullptr) connection_->close(0, "ping is done");
}

void ping_client::start(const identity::endpoint_addr& to) {
    MH_ASSERT(connection_ == nullptr, "a client is started once");
    MH_ASSERT(options_.size >= ping_size_min, "a ping holds its number");
    MH_ASSERT(options_.size <= ping_size_max, "a ping is small");
    to_ = to;
    dialled_at_ = shard_.now();
    connection_ = endpoint_.connect(to, ping_alpn, link_, {.early_data = options_.early_data});
    begin(dialled_at_);
    timer_.arm(dialled_at_ + options_.timeout);
}

void ping_client::stop() {
    if (is_done_) return;
    is_stopping_ = true;
    timer_.arm(shard_.now());
}

void ping_client::on_connected() {
    const time_point now = shard_.now();
    is_connected_ = true;
    summary_.connect_time = now - dialled_at_;
    summary_.handshake = connection_->handshake();
    if (stream_ == nullptr) begin(now);
    if (stream_ == nullptr) return finish(no_stream(to_.id));
    turn(now);
}

/// Opens the stream, if it can be opened yet, and sends the first ping.
void ping_client::begin(time_point now) {
    stream_ = connection_->open_bidi(link_);
    if (stream_ == nullptr) return;
    run_.start(now);
    if (const auto first = run_.poll_send(now)) stream_->write(*first);
}

void ping_client::on_data(bytes_view data) {
    const time_point now = shard_.now();
    run_.receive(data, now);
    if (run_.is_broken())
        finish(not_an_echo(to_.id));
    else
        turn(now);
}

void ping_client::on_ended(const transport::close_reason* reason) {
    finish(reason == nullptr ? stream_ended(to_.id) : transport::explain(*reason, to_.id));
}

void ping_client::on_deadline(time_point now) {
    if (is_stopping_) {
        finish(std::nullopt);
    } else if (is_connected_) {
        run_.handle_deadline(now);
        turn(now);
    } else {
        finish(transport::explain({transport::close_cause::handshake_timeout, 0, {}}, to_.id));
    }
}

void ping_client::turn(time_point now) {
    while (const auto result = run_.poll_result())
        report(*result);
    if (is_stopping_) return;
    if (run_.is_done()) return finish(std::nullopt);
    while (const auto next = run_.poll_send(now))
        stream_->write(*next);  // far smaller than the stream's buffer
    timer_.arm(run_.next_deadline().value_or(no_deadline));
}

void ping_client::report(const ping_result& result) {
    if (result.rtt) {
        const bool is_first = summary_.received == 0;
        ++summary_.received;
        rtt_sum_ += *result.rtt;
        summary_.rtt_min = is_first ? *result.rtt : std::min(summary_.rtt_min, *result.rtt);
        summary_.rtt_max = std::max(summary_.rtt_max, *result.rtt);
        summary_.rtt_mean = rtt_sum_ / summary_.received;
    }
    sink_.on_ping_result(result, connection_->path());
}

void ping_client::finish(std::optional<failure> fault) {
    is_done_ = true;
    timer_.arm(no_deadline);
    link_->detach();
    connection_->close(0, "ping is done");
    summary_.sent = run_.sent();
    summary_.fault = std::move(fault);
    sink_.on_ping_done(summary_);
}

}  // namespace meshhost::ping
