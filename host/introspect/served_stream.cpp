// SPDX-License-Identifier: Apache-2.0
#include "introspect/served_stream.hpp"

#include "introspect/close_code.hpp"

#include <utility>

namespace meshhost::introspect {

namespace {

/// Of the connection's buffers: below it, a stream's user hears that there is room.
constexpr std::size_t low_mark = 16u << 10;

}  // namespace

served_stream::served_stream(
    served_stream_sink& sink,
    std::shared_ptr<transport::stream> stream,
    const serve_limits& limits,
    time_point now
)
    : sink_(&sink)
    , stream_(std::move(stream))
    , limits_(limits)
    , deadline_(now + limits.question_timeout) {}

void served_stream::detach() {
    sink_ = nullptr;
    watcher_ = nullptr;
    phase_ = phase::closed;
}

void served_stream::check(time_point now) {
    if (phase_ == phase::reading && now >= deadline_)
        return break_off(to_wire(close_code::timeout));
    const bool is_waiting = is_stalled_ || phase_ == phase::finishing;
    if (!is_waiting) {
        stalled_since_ = no_deadline;
    } else if (stalled_since_ == no_deadline) {
        stalled_since_ = now;
    } else if (now - stalled_since_ >= limits_.reading_timeout) {
        break_off(to_wire(close_code::timeout));
    }
}

// --- the question ---

void served_stream::on_data(transport::stream& from, bytes_view data, bool fin) {
    from.consume(data.size());
    if (phase_ == phase::closed) return;
    if (phase_ != phase::reading) {
        if (!data.empty()) break_off(to_wire(close_code::bad_question));
        return;
    }
    const auto state = reader_.take(data);
    const bool is_cut_off = fin && state == message_reader::state::reading;
    if (state == message_reader::state::broken || is_cut_off || !data.empty())
        return break_off(to_wire(close_code::bad_question));
    if (state == message_reader::state::reading) return;
    auto asked = decode_question(reader_.message());
    reader_ = {};
    if (!asked) return break_off(to_wire(close_code::bad_question));
    phase_ = phase::answering;
    if (sink_ != nullptr) sink_->on_question(shared_from_this(), std::move(*asked));
}

// --- the answer ---

void served_stream::reply(http::response answer) {
    if (phase_ != phase::answering) return;
    if (answer.body.size() > limits_.answer_bytes_max)
        return break_off(to_wire(close_code::too_many));
    unsent_.push(encode(answer_head{answer.status, answer.content_type}));
    unsent_.push(as_bytes(answer.body));
    phase_ = phase::finishing;
    flush();
}

void served_stream::begin_stream(std::string_view content_type, const http::header_list&) {
    if (phase_ != phase::answering) return;
    phase_ = phase::streaming;
    send(encode(answer_head{200, std::string(content_type)}));
}

bool served_stream::write(std::string_view data) {
    if (phase_ != phase::streaming) return false;
    if (data.empty()) return true;
    if (waiting() + data.size() > limits_.unread_bytes_max) {
        watcher_ = nullptr;  // who writes hears it from the answer
        break_off(to_wire(close_code::too_many));
        return false;
    }
    send(as_bytes(data));
    return phase_ == phase::streaming;
}

void served_stream::finish() {
    if (phase_ != phase::streaming) return;
    watcher_ = nullptr;
    phase_ = phase::finishing;
    flush();
}

void served_stream::send(bytes_view data) {
    unsent_.push(data);
    flush();
}

void served_stream::flush() {
    unsent_.flush(*stream_, phase_ == phase::finishing);
    ask_for_room();
}

/// What the connection holds for all its streams counts for each of them: who does not read one
/// of them reads none.
std::size_t served_stream::waiting() const {
    if (phase_ == phase::closed) return 0;
    const auto* connection = stream_->owner();
    return unsent_.size() + (connection == nullptr ? 0 : connection->send_bytes());
}

void served_stream::ask_for_room() {
    is_stalled_ = waiting() > low_mark;
    if (is_stalled_)
        if (auto* connection = stream_->owner()) connection->notify_send_low(low_mark);
}

void served_stream::watch(std::function<void()> changed) {
    if (phase_ == phase::streaming) watcher_ = std::move(changed);
}

void served_stream::on_writable(transport::stream&) {
    if (phase_ == phase::closed) return;
    stalled_since_ = no_deadline;  // something was taken
    flush();
}

void served_stream::on_room() {
    if (phase_ == phase::closed) return;
    stalled_since_ = no_deadline;
    is_stalled_ = false;
    if (const auto watcher = watcher_) watcher();  // a copy: it may set another
    if (phase_ != phase::closed) ask_for_room();
}

void served_stream::break_off(std::uint64_t code) {
    const auto keep = shared_from_this();
    phase_ = phase::closed;
    stream_->reset(code);
    stream_->stop(code);
}

void served_stream::on_closed(transport::stream&, transport::stream_end, std::uint64_t) {
    const auto keep = shared_from_this();
    phase_ = phase::closed;
    const auto watcher = std::exchange(watcher_, nullptr);
    if (auto* const sink = std::exchange(sink_, nullptr)) sink->on_served(*this);
    if (watcher) watcher();
}

}  // namespace meshhost::introspect
