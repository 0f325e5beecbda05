// SPDX-License-Identifier: Apache-2.0
#pragma once
// Bytes in order, kept in the pieces in which they came. Whoever owns it bounds it.
#include "base/bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <span>
#include <utility>

namespace meshhost::plugin::proto {

class chunk_queue {
public:
    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

    void push(byte_buffer chunk) {
        if (chunk.empty()) return;
        size_ += chunk.size();
        chunks_.push_back(std::move(chunk));
    }

    /// Adds to the last piece while that is small: packets become fewer, larger pieces.
    void append(bytes_view data, std::size_t chunk_max) {
        if (data.empty()) return;
        if (chunks_.empty() || chunks_.back().size() + data.size() > chunk_max) {
            chunks_.emplace_back();
            if (chunks_.size() > 1) chunks_.back().reserve(chunk_max);
        }
        chunks_.back().insert(chunks_.back().end(), data.begin(), data.end());
        size_ += data.size();
    }

    /// The bytes of the first piece; empty when there are none.
    bytes_view front() const noexcept {
        if (chunks_.empty()) return {};
        return bytes_view(chunks_.front()).subspan(offset_);
    }

    void drop(std::size_t bytes) {
        size_ -= bytes;
        while (bytes > 0) {
            const std::size_t piece = std::min(bytes, chunks_.front().size() - offset_);
            bytes -= piece;
            offset_ += piece;
            if (offset_ < chunks_.front().size()) return;
            chunks_.pop_front();
            offset_ = 0;
        }
    }

    /// Moves what fits; how much that was.
    std::size_t read(std::span<std::uint8_t> into) {
        std::size_t done = 0;
        while (done < into.size() && !empty()) {
            const bytes_view piece = front().first(std::min(front().size(), into.size() - done));
            std::copy(piece.begin(), piece.end(), into.begin() + static_cast<std::ptrdiff_t>(done));
            done += piece.size();
            drop(piece.size());
        }
        return done;
    }

    /// At most `size_max` bytes off the front.
    byte_buffer take(std::size_t size_max) {
        if (offset_ == 0 && !chunks_.empty() && chunks_.front().size() <= size_max) {
            byte_buffer whole = std::move(chunks_.front());
            chunks_.pop_front();
            size_ -= whole.size();
            return whole;
        }
        byte_buffer some(std::min(size_max, size_));
        read(some);
        return some;
    }

    void clear() noexcept {
        chunks_.clear();
        offset_ = 0;
        size_ = 0;
    }

private:
    std::deque<byte_buffer> chunks_;
    std::size_t offset_ = 0;  ///< into the first
    std::size_t size_ = 0;
};

}  // namespace meshhost::plugin::proto
