// SPDX-License-Identifier: Apache-2.0
#pragma once
// A long text that grows: not by twice its size at a time, as one string would. Pure.
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

class text_pieces {
public:
    void add(std::string_view text);
    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

    /// `before`, all of it and `after`. It is empty then: there are never two of it.
    std::string take(std::string_view before = {}, std::string_view after = {});

private:
    std::deque<std::string> pieces_;
    std::size_t size_ = 0;
};

}  // namespace meshhost::observe::proto
