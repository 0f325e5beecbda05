// SPDX-License-Identifier: Apache-2.0
#include "ours/client_verbs.hpp"

#include "net/shard.hpp"
#include "ours/bench_service.hpp"

#include <algorithm>
#include <array>

namespace meshhost::bench {

namespace {

constexpr std::array<std::uint8_t, 1> one_byte{1};
constexpr std::array<std::uint8_t, 65'536> block{};

std::shared_ptr<client_session> dial(
    const verb_context& context,
    std::uint8_t mark,
    session_sink& sink,
    const transport::connect_options& options = {}
) {
    return client_session::dial(context.endpoint, context.server, options, mark, sink);
}

}  // namespace

std::unique_ptr<client_verb> start_verb(const verb_context& context) {
    switch (context.asked.verb) {
    case bench_verb::hs:
    case bench_verb::hs_resumed:
        return std::make_unique<handshake_verb>(context);
    case bench_verb::pp:
        return std::make_unique<ping_pong_verb>(context);
    case bench_verb::bulk:
        return std::make_unique<bulk_verb>(context);
    case bench_verb::hold:
        return std::make_unique<hold_verb>(context);
    }
    return nullptr;
}

handshake_verb::handshake_verb(const verb_context& context)
    : context_(context)
    , options_{.resume = context.asked.verb == bench_verb::hs_resumed} {
    samples_.reserve(context.asked.count);
    start_one();
}

void handshake_verb::start_one() {
    const auto now = bench_clock::now();
    started_at_[dial(context_, echo_mark, *this, options_).get()] = now;
}

void handshake_verb::on_ready(client_session& session) {
    session.write(one_byte);
}

void handshake_verb::on_bytes(client_session& session, bytes_view) {
    if (warm_) samples_.add_since(started_at_[&session]);
    session.close();
}

void handshake_verb::on_closed(client_session& session) {
    started_at_.erase(&session);
    if (!warm_) {
        warm_ = true;
        run_ = stopwatch();
    }
    for (; started_at_.size() < context_.asked.concurrency && started_ < context_.asked.count;
         ++started_)
        start_one();
    if (!started_at_.empty()) return;
    report_latencies(context_.asked, samples_, run_);
    context_.shard.stop();
}

ping_pong_verb::ping_pong_verb(const verb_context& context)
    : context_(context) {
    samples_.reserve(context.asked.count);
    dial(context_, echo_mark, *this);
}

void ping_pong_verb::send_one(client_session& session) {
    sent_at_ = bench_clock::now();
    session.write(one_byte);
}

void ping_pong_verb::on_ready(client_session& session) {
    send_one(session);
}

void ping_pong_verb::on_bytes(client_session& session, bytes_view) {
    if (!warm_) {
        warm_ = true;
        run_ = stopwatch();
    } else {
        samples_.add_since(sent_at_);
    }
    if (samples_.count() < context_.asked.count) return send_one(session);
    report_latencies(context_.asked, samples_, run_);
    session.close();
}

void ping_pong_verb::on_closed(client_session&) {
    context_.shard.stop();
}

bulk_verb::bulk_verb(const verb_context& context)
    : context_(context)
    , left_(std::uint64_t{context.asked.count} << 20) {
    dial(context_, sink_mark, *this);
}

void bulk_verb::on_ready(client_session& session) {
    run_ = stopwatch();
    on_writable(session);
}

void bulk_verb::on_writable(client_session& session) {
    while (left_ > 0) {
        const std::size_t size = std::min<std::uint64_t>(left_, block.size());
        const std::size_t taken = session.write(bytes_view(block).first(size), size == left_);
        left_ -= taken;
        if (taken < size) return;
    }
}

void bulk_verb::on_bytes(client_session& session, bytes_view bytes) {
    reply_.insert(reply_.end(), bytes.begin(), bytes.end());
    std::uint64_t count = 0;
    if (reply_.size() < sizeof count) return;
    for (std::size_t i = sizeof count; i-- > 0;)
        count = count << 8 | reply_[i];
    report_bulk(std::uint64_t{context_.asked.count} << 20, count, run_);
    session.close();
}

void bulk_verb::on_closed(client_session&) {
    context_.shard.stop();
}

hold_verb::hold_verb(const verb_context& context)
    : context_(context)
    , timer_(context.shard, *this) {
    held_.reserve(context.asked.count);
    start_one();
}

void hold_verb::start_one() {
    auto session = dial(context_, echo_mark, *this);
    if (phase_ == phase::opening) held_.push_back(std::move(session));
}

void hold_verb::settle() {
    timer_.arm(context_.shard.now() + std::chrono::seconds(hold_settle_seconds));
}

void hold_verb::on_ready(client_session& session) {
    session.write(one_byte);
}

void hold_verb::on_bytes(client_session& session, bytes_view) {
    if (phase_ == phase::warming) return session.close();
    if (held_.size() < context_.asked.count) return start_one();
    phase_ = phase::settling_held;
    settle();
}

void hold_verb::on_closed(client_session&) {
    if (phase_ != phase::warming) return;
    if (++made_ < hold_warm_up) return start_one();
    phase_ = phase::settling_before;
    settle();
}

void hold_verb::on_deadline(time_point) {
    switch (phase_) {
    case phase::settling_before:
        report_memory("before", 0);
        phase_ = phase::waiting;
        return settle();
    case phase::waiting:
        phase_ = phase::opening;
        return start_one();
    case phase::settling_held:
        report_memory("held", held_.size());
        phase_ = phase::done;
        return settle();
    case phase::done:
        for (const auto& each : held_)
            each->close();
        return context_.shard.stop();
    case phase::warming:
    case phase::opening:
        return;  // no deadline is set in these
    }
}

}  // namespace meshhost::bench
