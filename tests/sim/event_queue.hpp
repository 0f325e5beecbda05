// SPDX-License-Identifier: Apache-2.0
#pragma once
// What happens next: events in the order of their times, and of their scheduling where the times
// are equal, so that a run is a total order. A 4-ary heap: shallow, and its children share a line.
#include "base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace meshhost::sim {

template <class Event>
class event_queue {
public:
    struct entry {
        time_point at;
        std::uint64_t order;
        Event event;
    };

    bool empty() const noexcept { return heap_.empty(); }
    std::size_t size() const noexcept { return heap_.size(); }

    /// Precondition: not empty.
    time_point next_time() const noexcept { return heap_.front().at; }

    void schedule(time_point at, Event event) {
        heap_.push_back({at, scheduled_++, std::move(event)});
        sift_up(heap_.size() - 1);
    }

    /// Precondition: not empty.
    entry pop() {
        entry first = std::move(heap_.front());
        entry last = std::move(heap_.back());
        heap_.pop_back();
        if (!heap_.empty()) sift_down(std::move(last));
        return first;
    }

private:
    static constexpr std::size_t arity = 4;

    static bool earlier(const entry& a, const entry& b) noexcept {
        return a.at != b.at ? a.at < b.at : a.order < b.order;
    }

    void sift_up(std::size_t place) {
        entry rising = std::move(heap_[place]);
        while (place > 0) {
            const std::size_t parent = (place - 1) / arity;
            if (!earlier(rising, heap_[parent])) break;
            heap_[place] = std::move(heap_[parent]);
            place = parent;
        }
        heap_[place] = std::move(rising);
    }

    /// Puts `sinking` in place of the root.
    void sift_down(entry sinking) {
        std::size_t place = 0;
        for (;;) {
            const std::size_t first = place * arity + 1;
            if (first >= heap_.size()) break;
            const std::size_t least = least_child(first);
            if (!earlier(heap_[least], sinking)) break;
            heap_[place] = std::move(heap_[least]);
            place = least;
        }
        heap_[place] = std::move(sinking);
    }

    std::size_t least_child(std::size_t first) const noexcept {
        std::size_t least = first;
        const std::size_t end = std::min(first + arity, heap_.size());
        for (std::size_t child = first + 1; child < end; ++child) {
            if (earlier(heap_[child], heap_[least])) least = child;
        }
        return least;
    }

    std::vector<entry> heap_;
    std::uint64_t scheduled_ = 0;
};

}  // namespace meshhost::sim
