// SPDX-License-Identifier: Apache-2.0
#pragma once
// Bytes that several owners keep at once and nobody changes: a broadcast is encoded once and then
// held by the payload cache, by the queue of every neighbour and by the subscribers.
#include "base/bytes.hpp"

#include <algorithm>
#include <memory>

namespace meshhost::gossip::proto {

/// Counted with atomics, so that a subscriber may keep it on another thread.
class shared_bytes {
public:
    shared_bytes() = default;

    static shared_bytes copy_of(bytes_view bytes) {
        if (bytes.empty()) return {};
        std::shared_ptr<std::uint8_t[]> copy(new std::uint8_t[bytes.size()]);
        std::copy(bytes.begin(), bytes.end(), copy.get());
        const std::uint8_t* const first = copy.get();
        return {std::shared_ptr<const std::uint8_t>(std::move(copy), first), bytes.size()};
    }

    bytes_view view() const noexcept { return {data_.get(), size_}; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }

    /// A part that shares ownership of the whole. Precondition: offset + count <= size().
    shared_bytes slice(std::size_t offset, std::size_t count) const {
        return {std::shared_ptr<const std::uint8_t>(data_, data_.get() + offset), count};
    }

private:
    shared_bytes(std::shared_ptr<const std::uint8_t> data, std::size_t size) noexcept
        : data_(std::move(data))
        , size_(size) {}

    std::shared_ptr<const std::uint8_t> data_;
    std::size_t size_ = 0;
};

}  // namespace meshhost::gossip::proto
