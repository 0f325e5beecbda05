// SPDX-License-Identifier: Apache-2.0
#include "plugin/event_queue.hpp"

#include "plugin/proto/limits.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace meshhost::plugin {

bool event_queue::push(queued_item item) {
    {
        const std::lock_guard lock(mutex_);
        if (pushed_ == proto::posted_max) return false;
        ++pushed_;
        items_.push_back(std::move(item));
    }
    arrived_.notify_one();
    return true;
}

void event_queue::send(proto::down_message message) {
    {
        const std::lock_guard lock(mutex_);
        items_.emplace_back(std::move(message));
    }
    arrived_.notify_one();
}

void event_queue::raise(strand_signal signal) {
    {
        const std::lock_guard lock(mutex_);
        std::optional<strand_signal>& waiting = signals_[static_cast<std::size_t>(signal.what)];
        if (!waiting) waiting = std::move(signal);  // the first one has the cause
    }
    arrived_.notify_one();
}

void event_queue::publish(proto::peer_snapshot_ptr snapshot) {
    {
        const std::lock_guard lock(mutex_);
        snapshot_.swap(snapshot);
    }
    arrived_.notify_one();
}

bool event_queue::has_work() const noexcept {
    return !items_.empty() || snapshot_ != nullptr
           || std::any_of(signals_.begin(), signals_.end(), [](const auto& s) {
                  return s.has_value();
              });
}

strand_work event_queue::wait_until(time_point deadline) {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return has_work(); };
    if (deadline == no_deadline) {
        arrived_.wait(lock, ready);
    } else {
        const std::chrono::steady_clock::time_point wake(deadline.time_since_epoch());
        arrived_.wait_until(lock, wake, ready);
    }
    strand_work work;
    for (std::optional<strand_signal>& signal : signals_) {
        if (auto raised = std::exchange(signal, std::nullopt))
            work.signals.push_back(std::move(*raised));
    }
    work.snapshot = std::exchange(snapshot_, nullptr);
    if (!items_.empty()) {
        work.item = std::move(items_.front());
        items_.pop_front();
        pushed_ -= std::holds_alternative<proto::down_message>(*work.item) ? 0 : 1;
    }
    return work;
}

std::size_t event_queue::size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
}

std::size_t event_queue::drop_items() {
    const std::lock_guard lock(mutex_);
    pushed_ = 0;
    return std::exchange(items_, {}).size();
}

}  // namespace meshhost::plugin
