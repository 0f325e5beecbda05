// SPDX-License-Identifier: Apache-2.0
#include "introspect/asked_stream.hpp"

#include "introspect/close_code.hpp"

#include <utility>

namespace meshhost::introspect {

namespace {

failure broken_answer(const identity::endpoint_id& whom, const char* how) {
    return {
        exit_code::failure,
        "E_BROKEN_ANSWER",
        whom.short_text() + " " + how,
        "try again; check that both ends run compatible versions of meshhost"};
}

failure reset_by(const identity::endpoint_id& whom, std::uint64_t code) {
    if (code == to_wire(close_code::too_many))
        return {
            exit_code::degraded,
            "E_API_FULL",
            whom.short_text() + " answers too many questions already",
            "try again later"};
    return broken_answer(whom, "broke off its answer");
}

}  // namespace

asked_stream::asked_stream(
    asked_stream_sink& owner,
    const identity::endpoint_id& whom,
    byte_buffer question,
    std::shared_ptr<answer_sink> sink,
    time_point deadline
)
    : owner_(&owner)
    , whom_(whom)
    , sink_(std::move(sink))
    , deadline_(deadline) {
    question_.push(question);
}

bool asked_stream::begin(transport::connection& on) {
    stream_ = on.open_bidi(shared_from_this());
    if (stream_ == nullptr) return false;
    question_.flush(*stream_, true);
    return true;
}

void asked_stream::on_data(transport::stream& from, bytes_view data, bool fin) {
    const auto keep = shared_from_this();
    if (sink_ == nullptr) return from.consume(data.size());
    if (!has_head_) {
        const auto size = data.size();
        const auto state = reader_.take(data);
        from.consume(size - data.size());
        if (state == message_reader::state::broken)
            return finish(broken_answer(whom_, "answered with something else than an answer"));
        if (state == message_reader::state::whole) take_head();
    }
    if (sink_ != nullptr && has_head_ && !data.empty()) {
        held_credit_ += data.size();
        if (sink_->on_body(data)) resume();
    }
    if (!fin || sink_ == nullptr) return;
    if (has_head_)
        finish(std::nullopt);
    else
        finish(broken_answer(whom_, "ended before it had answered"));
}

void asked_stream::take_head() {
    const auto head = decode_head(reader_.message());
    reader_ = {};
    if (!head) return finish(broken_answer(whom_, "answered with something else than an answer"));
    has_head_ = true;
    if (head->content_type == http::content_type_ndjson) deadline_ = no_deadline;
    sink_->on_head(*head);
}

void asked_stream::on_closed(transport::stream&, transport::stream_end end, std::uint64_t code) {
    // The end of the connection is told by its handler, who knows why.
    if (sink_ == nullptr || end == transport::stream_end::connection_closed) return;
    const auto keep = shared_from_this();
    finish(reset_by(whom_, code));
}

void asked_stream::resume() {
    const auto credit = std::exchange(held_credit_, 0);
    if (stream_ != nullptr && credit > 0) stream_->consume(credit);
}

void asked_stream::fail(const failure& why) {
    const auto keep = shared_from_this();
    if (sink_ != nullptr) finish(why);
}

void asked_stream::cancel() {
    if (sink_ == nullptr) return;
    const auto keep = shared_from_this();
    sink_.reset();
    let_go(true);
}

void asked_stream::detach() {
    owner_ = nullptr;
    sink_.reset();
}

void asked_stream::finish(const std::optional<failure>& fault) {
    const auto sink = std::exchange(sink_, nullptr);
    let_go(fault.has_value());
    sink->on_end(fault);
}

void asked_stream::let_go(bool is_abandoned) {
    if (is_abandoned && stream_ != nullptr) {
        stream_->reset(to_wire(close_code::cancelled));
        stream_->stop(to_wire(close_code::cancelled));
    }
    if (held_credit_ > 0) resume();
    if (auto* const owner = std::exchange(owner_, nullptr)) owner->on_done(*this);
}

}  // namespace meshhost::introspect
