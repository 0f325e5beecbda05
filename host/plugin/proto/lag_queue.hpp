// SPDX-License-Identifier: Apache-2.0
#pragma once
// What waits for a reader that may be slow: bounded, and every loss is counted where it happened. A
// machine's part.
#include "plugin/proto/gossip_link.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace meshhost::plugin::proto {

struct lag_count {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;

    bool empty() const noexcept { return messages == 0; }
    void add(const lag_count& more) noexcept {
        messages += more.messages;
        bytes += more.bytes;
    }
};

template <class Item>
class lag_queue {
public:
    struct entry {
        Item item;
        std::size_t size = 0;
        lag_count lost_before;  ///< between the item that came before, and this one
    };

    /// Both limits are at least 1.
    lag_queue(std::size_t messages_max, std::size_t bytes_max, lag_policy policy)
        : messages_max_(messages_max)
        , bytes_max_(bytes_max)
        , policy_(policy) {}

    void push(Item item, std::size_t size) {
        if (policy_ == lag_policy::drop_oldest)
            while (!entries_.empty() && !fits(size))
                drop_front();
        if (is_closed_ || !fits(size)) {
            is_closed_ = is_closed_ || policy_ == lag_policy::close;
            return lose({1, size});
        }
        bytes_ += size;
        entries_.push_back({std::move(item), size, std::exchange(lost_, {})});
    }

    /// Lost before it came here.
    void lose(const lag_count& count) noexcept { lost_.add(count); }

    std::optional<entry> pop() {
        if (entries_.empty()) return std::nullopt;
        entry next = std::move(entries_.front());
        entries_.pop_front();
        bytes_ -= next.size;
        return next;
    }

    /// What was lost after the last item, once all items are out.
    lag_count take_lag() noexcept {
        return entries_.empty() ? std::exchange(lost_, {}) : lag_count{};
    }

    /// Of lag_policy::close, after the first loss: nothing comes in any more.
    bool is_closed() const noexcept { return is_closed_; }
    bool empty() const noexcept { return entries_.empty(); }
    std::size_t size() const noexcept { return entries_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }

private:
    bool fits(std::size_t size) const noexcept {
        return entries_.size() < messages_max_ && bytes_ + size <= bytes_max_;
    }

    void drop_front() {
        lag_count lost = entries_.front().lost_before;
        lost.add({1, entries_.front().size});
        bytes_ -= entries_.front().size;
        entries_.pop_front();
        (entries_.empty() ? lost_ : entries_.front().lost_before).add(lost);
    }

    std::size_t messages_max_;
    std::size_t bytes_max_;
    lag_policy policy_;
    std::deque<entry> entries_;
    std::size_t bytes_ = 0;
    lag_count lost_;  ///< after the last entry
    bool is_closed_ = false;
};

}  // namespace meshhost::plugin::proto
