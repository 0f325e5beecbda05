// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/block_store.hpp"

#include "base/assert.hpp"

namespace meshhost::observe::proto {

std::optional<block> memory_blocks::put(std::string_view bytes) {
    if (bytes.size() > bytes_max_ - bytes_) return std::nullopt;
    bytes_ += bytes.size();
    blocks_.emplace_back(bytes);
    return block{first_ + blocks_.size() - 1, bytes.size()};
}

std::optional<std::string> memory_blocks::get(const block& which) const {
    return blocks_.at(which.place - first_);
}

void memory_blocks::drop(const block& oldest) {
    MH_ASSERT(!blocks_.empty() && oldest.place == first_, "they go in order");
    bytes_ -= blocks_.front().size();
    blocks_.pop_front();
    ++first_;
}

}  // namespace meshhost::observe::proto
