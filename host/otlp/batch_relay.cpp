// SPDX-License-Identifier: Apache-2.0
#include "otlp/batch_relay.hpp"

#include "net/shard.hpp"
#include "otlp/exporter.hpp"

#include <utility>

namespace meshhost::otlp {

batch_relay::batch_relay(net::shard& shard, std::unique_ptr<span_channel> to, std::uint64_t seed)
    : shard_(shard)
    , to_(std::move(to))
    , timer_(shard, *this)
    , retry_(1s, 60s)
    , random_(seed) {}

bool batch_relay::take(std::string batch) {
    const bool fits = batch.size() <= batch_bytes_max && waiting_.size() < batches_max
                      && bytes_ + batch.size() <= bytes_max;
    if (!fits) return false;
    bytes_ += batch.size();
    waiting_.push_back(std::move(batch));
    if (waiting_.size() == 1) send();
    return true;
}

void batch_relay::on_deadline(time_point) {
    send();
}

void batch_relay::send() {
    if (is_under_way_ || waiting_.empty()) return;
    is_under_way_ = true;
    to_->send(waiting_.front(), [this](const auto& answer) { on_answer(answer); });
}

void batch_relay::on_answer(const outcome<http::post_answer>& answer) {
    is_under_way_ = false;
    const auto result = judge(answer);
    const bool is_away = result.how == export_result::kind::unavailable;
    if (is_away && ++tries_ < tries_max) return timer_.arm(shard_.now() + retry_.next(random_));
    tries_ = 0;
    if (!is_away) retry_.reset();
    ++(result.how == export_result::kind::taken ? passed_on_ : dropped_);
    bytes_ -= waiting_.front().size();
    waiting_.pop_front();
    send();
}

}  // namespace meshhost::otlp
