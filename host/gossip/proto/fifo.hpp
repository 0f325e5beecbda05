// SPDX-License-Identifier: Apache-2.0
#pragma once
// A queue in one block of memory that is empty until something comes: a machine has several, and
// a simulator ten thousand machines.
#include <cstddef>
#include <utility>
#include <vector>

namespace meshhost::gossip::proto {

template <class T>
class fifo {
public:
    bool empty() const noexcept { return first_ == items_.size(); }
    std::size_t size() const noexcept { return items_.size() - first_; }
    T& front() noexcept { return items_[first_]; }
    const T& front() const noexcept { return items_[first_]; }

    void push(T item) { items_.push_back(std::move(item)); }

    /// Precondition: not empty. Amortised constant: what was taken goes once it is half of all.
    T pop() {
        T item = std::move(items_[first_]);
        ++first_;
        if (first_ == items_.size()) {
            items_.clear();
            first_ = 0;
        } else if (first_ >= 32 && first_ * 2 >= items_.size()) {
            items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
            first_ = 0;
        }
        return item;
    }

private:
    std::vector<T> items_;
    std::size_t first_ = 0;
};

}  // namespace meshhost::gossip::proto
