// SPDX-License-Identifier: Apache-2.0
#include "otlp/metrics_exporter.hpp"

#include "net/cpu_clock.hpp"
#include "net/shard.hpp"
#include "otlp/exporter.hpp"

#include <utility>

namespace meshhost::otlp {

namespace {

/// Nobody there takes metrics, and will not in a minute either.
bool is_no_taker(const outcome<http::post_answer>& answer) {
    return answer && (answer->status == 404 || answer->status == 405 || answer->status == 501);
}

}  // namespace

metrics_exporter::metrics_exporter(
    net::shard& shard,
    std::unique_ptr<span_channel> to,
    metrics_options options,
    source ask,
    telemetry::cost_meter& costs,
    logger log
)
    : shard_(shard)
    , options_(std::move(options))
    , ask_(std::move(ask))
    , costs_(costs)
    , log_(std::move(log))
    , timer_(shard, *this)
    , to_(std::move(to)) {
    timer_.arm(shard.now() + options_.interval);
}

void metrics_exporter::on_deadline(time_point) {
    ask_([this, alive = std::weak_ptr(alive_)](const scoped_list& all) {
        if (!alive.expired()) send(all);
    });
}

void metrics_exporter::send(const scoped_list& all) {
    const duration before = net::thread_cpu_time();
    auto request = encode_metrics(options_.by, options_.version, all);
    costs_.spent(net::thread_cpu_time() - before);
    to_->send(std::move(request), [this](const outcome<http::post_answer>& answer) {
        on_answer(answer);
    });
}

void metrics_exporter::on_answer(const outcome<http::post_answer>& answer) {
    const auto result = judge(answer);
    const bool is_taken = result.how == export_result::kind::taken;
    ++(is_taken ? counts_.exported : counts_.failed);
    counts_.is_refused = is_no_taker(answer);
    if (counts_.is_refused) {
        log_.info("{} takes no metrics; it is not asked again", destination());
        return;  // the timer stays as it is: disarmed
    }
    if (is_taken == is_away_) {
        is_away_ = !is_taken;
        if (is_taken)
            log_.info("{} takes metrics again", destination());
        else
            log_.warn("{} takes no metrics: {}", destination(), result.words);
    }
    timer_.arm(shard_.now() + options_.interval);
}

}  // namespace meshhost::otlp
