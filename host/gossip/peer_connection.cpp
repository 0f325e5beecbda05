// SPDX-License-Identifier: Apache-2.0
#include "gossip/peer_connection.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::gossip {

namespace {

std::uint64_t wire(close_code code) noexcept {
    return static_cast<std::uint64_t>(code);
}

}  // namespace

peer_connection::peer_connection(
    net::shard& shard,
    peer_connection_sink& sink,
    const service_limits& limits,
    const identity::endpoint_id& peer,
    bool is_dialled
)
    : shard_(shard)
    , sink_(&sink)
    , limits_(limits)
    , peer_(peer)
    , is_dialled_(is_dialled)
    , was_up_(!is_dialled)
    , out_(*this)
    , timer_(shard, *this) {}

peer_connection::~peer_connection() {
    for (const auto& incoming : intakes_)
        incoming.intake->detach();
}

// --- what the owner wants ---

bool peer_connection::place(const proto::send_output& frame) {
    if (connection_->send_bytes() >= limits_.sent_bytes) {
        connection_->notify_send_low(limits_.sent_bytes / 2);
        return false;
    }
    const bool is_placed = out_.place(*connection_, frame);
    watch_grants();
    return is_placed;
}

/// A peer that lets us open nothing in place of what was finished for it never will: ours grant
/// only so many streams in a connection's life.
void peer_connection::watch_grants() {
    if (!out_.is_starved()) return grant_due_.reset();
    if (grant_due_ || phase_ != phase::serving) return;
    grant_due_ = shard_.now() + limits_.grant_wait;
    arm();
}

void peer_connection::supersede() {
    if (phase_ != phase::serving) return;
    phase_ = phase::superseded;
    close_with_ = close_code::superseded;
    out_.finish();
}

void peer_connection::close_when_idle() {
    if (phase_ != phase::superseded || close_due_) return;
    close_due_ = shard_.now() + limits_.superseded_idle;
    arm();
}

void peer_connection::resume() {
    if (phase_ != phase::superseded) return;
    phase_ = phase::serving;
    close_due_.reset();
}

void peer_connection::finish(duration wait, close_code code) {
    if (phase_ == phase::finishing) return;
    phase_ = phase::finishing;
    close_with_ = code;
    out_.finish();
    close_due_ = out_.is_delivered() ? shard_.now() : shard_.now() + wait;
    arm();
}

void peer_connection::close(close_code code, std::string_view reason) {
    connection_->close(wire(code), reason);
}

// --- what the transport says ---

void peer_connection::on_connected(transport::connection&) {
    was_up_ = true;
    if (sink_ != nullptr) sink_->on_connected(*this);
}

void peer_connection::on_stream(transport::connection&, std::shared_ptr<transport::stream> opened) {
    // Without a handler the transport resets it.
    if (opened->is_bidi() || intakes_.size() >= limits_.streams) return;
    stream_intake_sink& sink = *this;
    const auto intake = std::make_shared<stream_intake>(sink, opened);
    intakes_.push_back({intake, shard_.now() + limits_.header_wait});
    opened->set_handler(intake);
    arm();
}

void peer_connection::on_send_low(transport::connection&) {
    on_streams_moved();
}

void peer_connection::on_streams_granted(transport::connection&) {
    on_streams_moved();
}

void peer_connection::on_closed(transport::connection&, const transport::close_reason& reason) {
    timer_.arm(no_deadline);
    if (sink_ != nullptr) std::exchange(sink_, nullptr)->on_ended(*this, reason);
}

// --- what the streams say ---

void peer_connection::on_streams_moved() {
    if (phase_ == phase::finishing && out_.is_delivered())
        close(close_with_, to_string(close_with_));
    else if (sink_ != nullptr)
        sink_->on_room(*this);
}

void peer_connection::on_frame(const identity::topic_id& topic, bytes_view body) {
    if (phase_ == phase::superseded) close_due_.reset();
    if (phase_ != phase::finishing && sink_ != nullptr) sink_->on_frame(*this, topic, body);
}

void peer_connection::on_intake_fault(error_code error) {
    if (sink_ != nullptr) sink_->on_fault(*this, error);
}

void peer_connection::on_intake_ended(const stream_intake& ended) {
    std::erase_if(intakes_, [&](const auto& one) { return one.intake.get() == &ended; });
}

// --- time ---

void peer_connection::on_deadline(time_point now) {
    stop_headerless(now);
    if (close_due_ && now >= *close_due_) {
        close_due_.reset();
        close(close_with_, to_string(close_with_));
    }
    const bool is_worn_out = grant_due_ && now >= *grant_due_;
    if (is_worn_out) grant_due_.reset();
    arm();
    if (is_worn_out && phase_ == phase::serving && sink_ != nullptr) sink_->on_worn_out(*this);
}

void peer_connection::stop_headerless(time_point now) {
    const auto is_overdue = [now](const incoming_stream& one) {
        return !one.intake->has_topic() && now >= one.header_due;
    };
    while (true) {
        const auto at = std::find_if(intakes_.begin(), intakes_.end(), is_overdue);
        if (at == intakes_.end()) return;
        at->header_due = no_deadline;
        ++headerless_;
        const auto intake = at->intake;  // its end may come at once
        intake->stop(wire(close_code::no_header));
    }
}

void peer_connection::arm() {
    time_point due = std::min(close_due_.value_or(no_deadline), grant_due_.value_or(no_deadline));
    for (const auto& [intake, header_due] : intakes_)
        if (!intake->has_topic()) due = std::min(due, header_due);
    timer_.arm(due);
}

}  // namespace meshhost::gossip
