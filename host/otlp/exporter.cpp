// SPDX-License-Identifier: Apache-2.0
#include "otlp/exporter.hpp"

#include "net/cpu_clock.hpp"
#include "net/shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace meshhost::otlp {

export_result judge(const outcome<http::post_answer>& answer) {
    export_result result;
    if (!answer) {
        result.how = export_result::kind::unavailable;
        result.words = answer.error().message;
        return result;
    }
    constexpr std::array later{429u, 502u, 503u, 504u};
    const unsigned status = answer->status;
    if (status >= 200 && status < 300) {
        result.rejected = rejected_spans(answer->body);
        if (result.rejected > 0) result.words = "the collector rejected some";
        return result;
    }
    result.words = fmt::format("the collector answered {}", status);
    const bool is_later = std::find(later.begin(), later.end(), status) != later.end();
    result.how = is_later ? export_result::kind::unavailable : export_result::kind::refused;
    if (is_later) result.retry_after = answer->retry_after;
    return result;
}

exporter::exporter(
    net::shard& shard,
    std::unique_ptr<span_channel> to,
    exporter_options options,
    logger log
)
    : shard_(shard)
    , options_(std::move(options))
    , log_(std::move(log))
    , queue_(options_.limits, options_.seed)
    , timer_(shard, *this)
    , to_(std::move(to)) {}

void exporter::take(scoped_span finished) {
    if (is_closed_) return;
    queue_.push(std::move(finished), shard_.now());
    arm();
}

void exporter::flush() {
    queue_.flush(shard_.now());
    arm();
}

void exporter::async_close(duration limit, std::function<void()> done) {
    queue_.flush(shard_.now());
    on_closed_ = std::move(done);
    is_closed_ = true;
    close_by_ = shard_.now() + limit;
    arm();
}

void exporter::arm() {
    const bool is_over = on_closed_ && queue_.is_idle();
    timer_.arm(is_over ? shard_.now() : std::min(queue_.next_deadline(), close_by_));
}

void exporter::on_deadline(time_point now) {
    if (on_closed_ && (queue_.is_idle() || now >= close_by_)) {
        close_by_ = no_deadline;
        return std::exchange(on_closed_, nullptr)();
    }
    send();
}

void exporter::send() {
    const auto* const batch = queue_.next(shard_.now());
    if (batch != nullptr) {
        const duration before = net::thread_cpu_time();
        auto request = encode_traces(options_.by, options_.version, *batch);
        queue_.on_encoded(request.size());
        to_->send(std::move(request), [this](const outcome<http::post_answer>& answer) {
            on_answer(answer);
        });
        if (options_.costs != nullptr) options_.costs->spent(net::thread_cpu_time() - before);
    }
    arm();
}

void exporter::on_answer(const outcome<http::post_answer>& answer) {
    const auto result = judge(answer);
    queue_.on_result(result, shard_.now());
    tell_of(result);
    send();
}

/// Once when it goes and once when it is back: what it misses, the counts tell.
void exporter::tell_of(const export_result& result) {
    const auto counts = queue_.counts();
    if (result.how == export_result::kind::refused) {
        log_.warn("{} took nothing of a batch: {}", destination(), result.words);
    } else if (result.how == export_result::kind::unavailable) {
        if (counts.failures_in_a_row < options_.limits.failures_told || is_told_) return;
        is_told_ = true;
        log_.warn("{} is away: {}; asked again at least every minute", destination(), result.words);
    } else if (is_told_) {
        is_told_ = false;
        log_.info(
            "{} is back; {} spans were dropped meanwhile",
            destination(),
            counts.dropped_full
        );
    }
}

}  // namespace meshhost::otlp
