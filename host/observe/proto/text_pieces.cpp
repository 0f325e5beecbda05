// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/text_pieces.hpp"

#include <algorithm>

namespace meshhost::observe::proto {

namespace {

constexpr std::size_t piece = 256u << 10;  ///< so large ones go back to the system when freed

}  // namespace

void text_pieces::add(std::string_view text) {
    const bool fits =
        !pieces_.empty() && pieces_.back().capacity() - pieces_.back().size() >= text.size();
    if (!fits) pieces_.emplace_back().reserve(std::max(text.size(), piece));
    pieces_.back() += text;
    size_ += text.size();
}

std::string text_pieces::take(std::string_view before, std::string_view after) {
    std::string out;
    out.reserve(before.size() + size_ + after.size());
    out += before;
    for (; !pieces_.empty(); pieces_.pop_front())
        out += pieces_.front();
    out += after;
    size_ = 0;
    return out;
}

}  // namespace meshhost::observe::proto
