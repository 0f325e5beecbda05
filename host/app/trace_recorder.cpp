// SPDX-License-Identifier: Apache-2.0
#include "app/trace_recorder.hpp"

#include "gossip/proto/trace_hop.hpp"
#include "telemetry/draw_id.hpp"

#include <utility>

namespace meshhost::app {

trace_recorder::trace_recorder(const net::shard& shard, trace_options options)
    : shard_(shard)
    , options_(std::move(options))
    , random_(options_.seed) {}

bool trace_recorder::chooses(time_point now) {
    if (std::exchange(is_next_, false)) return true;
    if (options_.one_in == 0 || random_.next() % options_.one_in != 0) return false;
    if (factor_ < 1 && !random_.chance(factor_)) return false;
    return chosen_.takes(now, options_.per_second_max);
}

bool trace_recorder::allowance::takes(time_point now, unsigned most) {
    if (now - second_ >= 1s) {
        second_ = now;
        taken_ = 0;
    }
    if (taken_ >= most) return false;
    ++taken_;
    return true;
}

telemetry::span trace_recorder::begun(
    const char* name,
    const identity::topic_id& topic,
    std::size_t size
) {
    telemetry::span span;
    span.name = name;
    span.started = std::chrono::system_clock::now().time_since_epoch();
    auto words = options_.name_of(topic);
    span.attributes.push_back({"mesh.topic", words.empty() ? topic.to_hex() : std::move(words)});
    span.attributes.push_back({"mesh.message.size", static_cast<std::uint64_t>(size)});
    return span;
}

byte_buffer trace_recorder::on_broadcast(const identity::topic_id& topic, bytes_view content) {
    if (!chooses(shard_.now())) return {};
    auto span = begun("mesh.gossip.publish", topic, content.size());
    span.kind = telemetry::span_kind::producer;
    span.trace = telemetry::draw_id<telemetry::trace_id>(random_);
    span.id = gossip::proto::span_of_hop(span.trace, options_.self);
    const auto context = wire::encode({span.trace, span.id, 1});
    unsent_ = std::move(span);
    return byte_buffer(context.begin(), context.end());
}

void trace_recorder::on_sent() {
    if (!unsent_) return;
    last_ = unsent_->trace;
    keep(*std::exchange(unsent_, std::nullopt));
}

void trace_recorder::on_delivery(const gossip::proto::message_output& message) {
    if (waits_.on_delivery(message.waited) && options_.on_late) options_.on_late(message);
    if (message.trace.empty()) return hops_.record(message.hops);
    const auto context = wire::decode_trace_context(message.trace.view());
    constexpr unsigned sampled = 1;
    const bool is_followed = context && (context->flags & sampled) != 0
                             && delivered_.takes(shard_.now(), deliveries_per_second);
    if (!is_followed) return hops_.record(message.hops);
    follow(message, *context);
}

void trace_recorder::follow(
    const gossip::proto::message_output& message,
    const wire::trace_context& context
) {
    auto span = begun("mesh.gossip.deliver", message.topic, message.content.size());
    span.kind = telemetry::span_kind::consumer;
    span.trace = context.trace;
    span.parent = context.span;
    span.id = gossip::proto::span_of_hop(span.trace, options_.self);
    span.attributes.push_back({"mesh.peer.id", message.from.to_hex()});
    span.attributes.push_back({"mesh.gossip.round", static_cast<std::uint64_t>(message.hops)});
    hops_.record(
        message.hops,
        {static_cast<double>(message.hops), span.trace, span.id, span.started}
    );
    keep(std::move(span));
}

void trace_recorder::keep(telemetry::span finished) {
    if (options_.on_span) options_.on_span(finished);
    spans_.append(std::move(finished));
}

}  // namespace meshhost::app
