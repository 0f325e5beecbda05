// SPDX-License-Identifier: Apache-2.0
#include "plugin/event_queue.hpp"

#include "plugin/descriptor_wait.hpp"
#include "plugin/proto/limits.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace meshhost::plugin {

namespace {

unique_fd make_bell() {
    const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    return unique_fd(fd);
}

void ring(int bell) noexcept {
    const std::uint64_t once = 1;  // the counter is far from full
    [[maybe_unused]] const auto written = ::write(bell, &once, sizeof once);
}

bool is_pushed(const queued_item& item) noexcept {
    return std::holds_alternative<posted_event>(item)
           || std::holds_alternative<digest_update>(item);
}

}  // namespace

event_queue::event_queue()
    : bell_(make_bell()) {}

/// The bell costs two calls of the kernel: only a strand that sleeps hears it, once.
template <class Change>
void event_queue::change(Change change) {
    bool is_to_wake = false;
    {
        const std::lock_guard lock(mutex_);
        change();
        is_to_wake = std::exchange(is_strand_asleep_, false);
        if (is_to_wake) ++ringing_;
    }
    if (!is_to_wake) return;
    ring(bell_.get());
    --ringing_;
}

void event_queue::retire() noexcept {
    // Nobody starts to ring while the strand is awake; whoever began before must not find another
    // file under the number.
    while (ringing_ != 0)
        std::this_thread::yield();
    bell_ = unique_fd();
}

bool event_queue::push(queued_item item) {
    bool is_taken = false;
    change([&] {
        is_taken = pushed_ < proto::posted_max;
        if (!is_taken) return;
        ++pushed_;
        items_.push_back(std::move(item));
    });
    return is_taken;
}

void event_queue::send(proto::down_message message) {
    add(std::move(message));
}

void event_queue::settle(commit_done done) {
    add(std::move(done));
}

void event_queue::settle(work_done done) {
    add(std::move(done));
}

void event_queue::nudge() {
    add(nudge_mark{});
}

void event_queue::add(queued_item item) {
    change([&] { items_.push_back(std::move(item)); });
}

void event_queue::raise(strand_signal signal) {
    change([&] {
        std::optional<strand_signal>& waiting = signals_[static_cast<std::size_t>(signal.what)];
        if (!waiting) waiting = std::move(signal);  // the first one has the cause
    });
}

void event_queue::publish(proto::peer_snapshot_ptr snapshot) {
    change([&] { snapshot_.swap(snapshot); });
}

bool event_queue::has_work() const noexcept {
    return !items_.empty() || snapshot_ != nullptr
           || std::any_of(signals_.begin(), signals_.end(), [](const auto& s) {
                  return s.has_value();
              });
}

strand_work event_queue::wait_until(time_point deadline, proto::fd_watches* watches) {
    bool is_look_due = watches != nullptr && !watches->has_events() && !watches->wants().empty();
    const bool is_passed = deadline == time_point::min();
    std::unique_lock lock(mutex_);
    for (;;) {
        const bool is_over =
            has_work() || is_passed || (watches != nullptr && watches->has_events());
        if (is_over && !is_look_due) break;
        is_strand_asleep_ = !is_over;
        lock.unlock();
        // With work at hand only a look: descriptors get their turn beside a busy queue.
        const bool is_late =
            !wait_for_descriptors(bell_.get(), watches, is_over ? time_point::min() : deadline);
        is_look_due = false;
        lock.lock();
        is_strand_asleep_ = false;
        if (is_late) break;
    }
    return take_work();
}

strand_work event_queue::take_work() {
    strand_work work;
    for (std::optional<strand_signal>& signal : signals_) {
        if (auto raised = std::exchange(signal, std::nullopt))
            work.signals.push_back(std::move(*raised));
    }
    work.snapshot = std::exchange(snapshot_, nullptr);
    if (!items_.empty()) {
        work.item = std::move(items_.front());
        items_.pop_front();
        pushed_ -= is_pushed(*work.item) ? 1 : 0;
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
