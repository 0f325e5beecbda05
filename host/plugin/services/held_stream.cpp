// SPDX-License-Identifier: Apache-2.0
#include "plugin/services/held_stream.hpp"

#include "plugin/proto/stream_codes.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::plugin {

namespace stream_code = proto::stream_code;

namespace {

constexpr std::size_t piece_size = 4096;

}  // namespace

held_stream::held_stream(
    held_stream_owner& owner,
    proto::link_number number,
    proto::link_number connection,
    bool is_bidi,
    std::uint64_t window
)
    : owner_(&owner)
    , number_(number)
    , connection_(connection)
    , is_bidi_(is_bidi)
    , account_(window) {}

void held_stream::open(std::shared_ptr<transport::stream> stream, bool is_ours) {
    stream_ = std::move(stream);
    is_ours_ = is_ours;
    if (!is_bidi_) (is_ours ? is_reading_ : is_writing_) = false;
    pump();
}

void held_stream::write(byte_buffer data, bool is_last) {
    if (is_done_ || !is_writing_) return;  // it crossed with the news of its end
    const std::size_t size = data.size();
    if (!account_.admit(size, is_last)) return break_off(stream_code::misused);
    const bool is_within = owner_->on_stream_written(size);
    // A piece costs more than its bytes: small ones are put together.
    if (size >= piece_size)
        outbound_.push(std::move(data));
    else
        outbound_.append(data, piece_size);
    if (!is_within) return break_off(stream_code::misused);
    pump();
}

/// One connection's share is for all of its streams.
bool held_stream::may_write() const {
    transport::connection* const over = stream_ == nullptr ? nullptr : stream_->owner();
    if (over == nullptr || !is_writing_ || was_last_sent_) return false;
    if (over->send_bytes() < proto::connection_in_flight_max) return true;
    over->notify_send_low(proto::connection_in_flight_max / 2);
    return false;
}

void held_stream::pump() {
    std::size_t sent = 0;
    while (may_write() && (!outbound_.empty() || account_.has_last())) {
        const bytes_view piece = outbound_.front();
        const bool is_last = account_.has_last() && piece.size() == outbound_.size();
        const std::size_t taken = stream_->write(piece, is_last);
        was_last_sent_ = is_last && taken == piece.size();
        outbound_.drop(taken);
        account_.sent(taken);
        if (owner_ != nullptr) owner_->on_stream_sent(taken);
        sent += taken;
        if (taken < piece.size()) break;
    }
    if (sent > 0 && owner_ != nullptr) owner_->say(proto::down::stream_room{number_, sent});
    // What is to be sent of it is the transport's now, and nothing is to come.
    if (was_last_sent_ && is_ours_ && !is_bidi_ && !is_done_) end(false, 0);
}

void held_stream::on_data(transport::stream& from, bytes_view data, bool fin) {
    if (is_done_ || !is_reading_ || owner_ == nullptr) {
        from.consume(data.size());
        return;
    }
    has_last_in_ = has_last_in_ || fin;
    inbound_.append(data, proto::stream_message_max);
    if (!owner_->on_stream_received(*this, data.size())) return break_off(stream_code::unread);
    owner_->on_stream_dirty(*this);
}

void held_stream::push() {
    while (!is_done_ && is_reading_) {
        const std::size_t size =
            std::min({account_.room_below(), inbound_.size(), proto::stream_message_max});
        const bool is_last = has_last_in_ && size == inbound_.size() && !was_last_pushed_;
        if (size == 0 && !is_last) break;
        byte_buffer piece = inbound_.take(size);
        const bool is_end = is_last && inbound_.empty();
        account_.sent_down(piece.size());
        was_last_pushed_ = is_end;
        owner_->say(proto::down::stream_arrived{number_, std::move(piece), is_end});
    }
    const bool is_read = !is_reading_ || (inbound_.empty() && account_.below() == 0);
    if (is_finished_ && is_read && !is_done_) end(false, 0);
}

void held_stream::take(std::uint64_t bytes) {
    if (is_done_ || !is_reading_) return;
    if (!account_.take(bytes)) return break_off(stream_code::misused);
    owner_->on_stream_read(static_cast<std::size_t>(bytes));
    if (stream_ != nullptr) stream_->consume(static_cast<std::size_t>(bytes));
    owner_->on_stream_dirty(*this);
}

/// What was received and not read goes; its credit goes back to the sender.
void held_stream::forget_received() {
    const std::size_t forgotten = unread();
    inbound_.clear();
    account_.take(account_.below());
    if (owner_ != nullptr) owner_->on_stream_read(forgotten);
    if (stream_ != nullptr) stream_->consume(forgotten);
}

void held_stream::forget_written() {
    if (owner_ != nullptr) owner_->on_stream_sent(outbound_.size());
    outbound_.clear();
}

void held_stream::give_up(proto::stream_side side, std::uint64_t code) {
    if (is_done_) return;
    code = std::min(code, stream_code::max);
    if (side == proto::stream_side::sending && is_writing_) {
        is_writing_ = false;
        forget_written();
        if (stream_ == nullptr) return end(true, code);  // the peer has never heard of it
        stream_->reset(code);
    } else if (side == proto::stream_side::receiving && is_reading_) {
        is_reading_ = false;
        forget_received();
        if (stream_ != nullptr) stream_->stop(code);
        owner_->on_stream_dirty(*this);
    }
}

void held_stream::break_off(std::uint64_t code) {
    if (stream_ != nullptr) {
        stream_->reset(code);
        stream_->stop(code);
    }
    end(true, code);
}

void held_stream::end(bool is_broken, std::uint64_t code) {
    if (std::exchange(is_done_, true)) return;
    forget_received();
    forget_written();
    if (owner_ == nullptr) return;
    owner_->say(proto::down::stream_ended{number_, is_broken, code});
    owner_->on_stream_dirty(*this);
}

void held_stream::detach() {
    forget_received();
    forget_written();
    owner_ = nullptr;
}

void held_stream::on_writable(transport::stream&) {
    pump();
}

void held_stream::on_closed(transport::stream&, transport::stream_end how, std::uint64_t code) {
    using transport::stream_end;
    if (is_done_ || owner_ == nullptr || how == stream_end::connection_closed) return;
    if (how == stream_end::stopped_by_peer || how == stream_end::reset_by_peer) {
        // The peer may have finished before it lost interest: that much is whole.
        if (how == stream_end::stopped_by_peer && has_last_in_) push();
        return end(true, code);
    }
    is_finished_ = true;
    owner_->on_stream_dirty(*this);
}

}  // namespace meshhost::plugin
