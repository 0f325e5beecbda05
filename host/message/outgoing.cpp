// SPDX-License-Identifier: Apache-2.0
#include "message/outgoing.hpp"

#include <utility>

namespace meshhost::message {

outgoing::outgoing(
    outgoing_owner& owner,
    const identity::endpoint_id& to,
    byte_buffer frame,
    time_point deadline,
    reply_sink* sink,
    std::uint64_t number,
    std::uint64_t key
)
    : owner_(&owner)
    , to_(to)
    , deadline_(deadline)
    , sink_(sink)
    , number_(number)
    , key_(key)
    , is_notice_(sink == nullptr) {
    unsent_.push(frame);
}

bool outgoing::begin(transport::connection& on) {
    stream_ = is_notice_ ? on.open_uni(shared_from_this()) : on.open_bidi(shared_from_this());
    if (stream_ == nullptr) return false;
    unsent_.flush(*stream_, true);
    return true;
}

void outgoing::on_writable(transport::stream& to) {
    if (!is_done_) unsent_.flush(to, true);
}

void outgoing::on_data(transport::stream& from, bytes_view data, bool fin) {
    const auto keep = shared_from_this();
    from.consume(data.size());
    if (is_done_) return;
    const auto state = reader_.take(data);
    const bool is_cut_off = fin && state == frame_reader::state::reading;
    if (state == frame_reader::state::broken || is_cut_off || !data.empty())
        return fail(status::io, "the other host answered with something else than an answer");
    if (state == frame_reader::state::reading) return;
    const auto answer = decode_answer(reader_.frame());
    reader_ = {};
    if (!answer)
        return fail(status::io, "the other host answered with something else than an answer");
    is_answered_ = true;
    finish(answer->status, answer->body);
}

void outgoing::on_closed(transport::stream&, transport::stream_end end, std::uint64_t code) {
    // The end of the connection is told by its handler, who knows why.
    if (is_done_ || end == transport::stream_end::connection_closed) return;
    const auto keep = shared_from_this();
    if (is_notice_) return let_go(false);
    if (code == to_wire(close_code::too_many))
        fail(status::again, "the other host answers too many requests already");
    else
        fail(status::io, "the other host broke off its answer");
}

void outgoing::finish(std::int32_t code, bytes_view body) {
    if (is_done_) return;
    const auto keep = shared_from_this();
    const auto sink = std::exchange(sink_, nullptr);
    let_go(!is_answered_);
    if (sink != nullptr) sink->on_reply(number_, code, body);
}

void outgoing::fail(status why, std::string_view words) {
    finish(to_wire(why), as_bytes(words));
}

void outgoing::abandon() {
    if (is_done_) return;
    const auto keep = shared_from_this();
    sink_ = nullptr;
    let_go(true);
}

void outgoing::let_go(bool is_abandoned) {
    is_done_ = true;
    if (is_abandoned && stream_ != nullptr) {
        stream_->reset(to_wire(close_code::cancelled));
        if (stream_->is_bidi()) stream_->stop(to_wire(close_code::cancelled));
    }
    if (auto* const owner = std::exchange(owner_, nullptr)) owner->on_done(*this);
    if (const auto ended = std::exchange(ended_, nullptr)) ended();
}

}  // namespace meshhost::message
