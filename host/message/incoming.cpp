// SPDX-License-Identifier: Apache-2.0
#include "message/incoming.hpp"

#include <utility>

namespace meshhost::message {

incoming::incoming(
    incoming_owner& owner,
    std::shared_ptr<transport::stream> stream,
    duration patience,
    time_point now
)
    : owner_(&owner)
    , stream_(std::move(stream))
    , patience_(patience)
    , deadline_(now + patience)
    , checked_(now) {}

void incoming::check(time_point now) {
    checked_ = now;
    if (phase_ != phase::closed && now >= deadline_) break_off(close_code::timeout);
}

void incoming::detach() {
    owner_ = nullptr;
    const bool is_awaited = phase_ == phase::waiting;
    phase_ = phase::closed;
    if (is_awaited) tell_gone();
}

void incoming::on_data(transport::stream& from, bytes_view data, bool fin) {
    const auto keep = shared_from_this();
    from.consume(data.size());
    if (phase_ == phase::closed) return;
    if (phase_ != phase::reading) {
        if (!data.empty()) break_off(close_code::bad_frame);
        return;
    }
    const auto state = reader_.take(data);
    const bool is_cut_off = fin && state == frame_reader::state::reading;
    if (state == frame_reader::state::broken || is_cut_off || !data.empty())
        return break_off(close_code::bad_frame);
    if (state == frame_reader::state::reading) return;
    auto asked = decode_asked(reader_.frame());
    reader_ = {};
    if (!asked || (asked->timeout == duration::zero()) != is_notice())
        return break_off(close_code::bad_frame);
    phase_ = phase::waiting;
    if (owner_ != nullptr) owner_->on_asked(keep, std::move(*asked));
}

void incoming::answer(std::int32_t code, bytes_view body) {
    if (phase_ != phase::waiting) return;
    forget_watcher();
    if (is_notice()) return;
    phase_ = phase::finishing;
    deadline_ = checked_ + patience_;
    unsent_.push(encode(code, body));
    unsent_.flush(*stream_, true);
}

void incoming::on_writable(transport::stream& to) {
    if (phase_ == phase::finishing) unsent_.flush(to, true);
}

void incoming::break_off(close_code code) {
    const auto keep = shared_from_this();
    const bool is_awaited = phase_ == phase::waiting;
    phase_ = phase::closed;
    if (stream_->is_bidi()) stream_->reset(to_wire(code));
    stream_->stop(to_wire(code));
    if (is_awaited) tell_gone();
}

void incoming::on_closed(transport::stream&, transport::stream_end, std::uint64_t) {
    const auto keep = shared_from_this();
    const bool is_awaited = phase_ == phase::waiting;
    phase_ = phase::closed;
    if (is_awaited) tell_gone();
    if (auto* const owner = std::exchange(owner_, nullptr)) owner->on_ended(*this);
}

}  // namespace meshhost::message
