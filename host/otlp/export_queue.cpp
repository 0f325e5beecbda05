// SPDX-License-Identifier: Apache-2.0
#include "otlp/export_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace meshhost::otlp {

namespace {

struct text_size {
    std::size_t operator()(const std::string& text) const { return text.size(); }
    template <class Number>
    std::size_t operator()(const Number&) const {
        return 0;
    }
};

std::size_t size_of(const std::vector<telemetry::attribute>& attributes) {
    std::size_t size = 0;
    for (const auto& each : attributes)
        size += sizeof each + each.key.size() + std::visit(text_size{}, each.value);
    return size;
}

/// About: what a role chooses is in its texts, and in how many there are.
std::size_t size_of(const telemetry::span& span) {
    std::size_t size =
        sizeof span + span.name.size() + span.message.size() + size_of(span.attributes);
    for (const auto& each : span.events)
        size += sizeof each + each.name.size() + size_of(each.attributes);
    return size;
}

}  // namespace

export_queue::export_queue(const queue_limits& limits, std::uint64_t seed)
    : limits_(limits)
    , random_(seed)
    , retry_(limits.retry_first, limits.retry_cap) {}

void export_queue::push(scoped_span finished, time_point now) {
    waiting_bytes_ += size_of(finished.span);
    waiting_.push_back(std::move(finished));
    while (waiting_.size() > limits_.spans_max || waiting_bytes_ > limits_.bytes_max)
        drop_oldest();
    if (waiting_.empty()) return;
    due_ = waiting_.size() >= limits_.batch_max ? now : std::min(due_, now + limits_.delay);
}

void export_queue::drop_oldest() {
    waiting_bytes_ -= size_of(waiting_.front().span);
    waiting_.pop_front();
    ++counts_.dropped_full;
}

void export_queue::flush(time_point now) {
    if (!waiting_.empty()) due_ = now;
}

const std::vector<scoped_span>* export_queue::next(time_point now) {
    if (is_under_way_ || now < not_before_) return nullptr;
    if (batch_.empty()) {
        if (now < due_) return nullptr;
        std::size_t bytes = 0;
        auto end = waiting_.begin();
        for (std::size_t count = 0; end != waiting_.end() && count < limits_.batch_max; ++count) {
            const auto size = size_of(end->span);
            if (count > 0 && bytes + size > limits_.batch_bytes_max) break;
            bytes += size;
            ++end;
        }
        waiting_bytes_ -= bytes;
        batch_.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
        waiting_.erase(waiting_.begin(), end);
        due_ = waiting_.empty() ? no_deadline : now;
    }
    if (batch_.empty()) return nullptr;
    is_under_way_ = true;
    ++counts_.requests;
    return &batch_;
}

void export_queue::on_result(const export_result& result, time_point now) {
    is_under_way_ = false;
    if (result.how == export_result::kind::unavailable) {
        ++counts_.failures_in_a_row;
        counts_.last_error = result.words;
        const duration wait = retry_.next(random_);
        not_before_ =
            now
            + std::max(wait, std::min(result.retry_after.value_or(wait), limits_.retry_after_max));
        return;
    }
    const auto size = batch_.size();
    batch_.clear();
    retry_.reset();
    counts_.failures_in_a_row = 0;
    if (result.how == export_result::kind::refused) {
        counts_.dropped_refused += size;
        counts_.last_error = result.words;
        return;
    }
    const auto rejected = std::min<std::uint64_t>(result.rejected, size);
    counts_.rejected += rejected;
    counts_.exported += size - rejected;
    counts_.last_error = rejected > 0 ? result.words : "";
}

time_point export_queue::next_deadline() const noexcept {
    if (is_under_way_) return no_deadline;
    const time_point due = batch_.empty() ? due_ : time_point{};
    return due == no_deadline ? no_deadline : std::max(due, not_before_);
}

queue_counts export_queue::counts() const {
    queue_counts all = counts_;
    all.waiting = waiting_.size() + batch_.size();
    all.waiting_max = limits_.spans_max;
    return all;
}

}  // namespace meshhost::otlp
