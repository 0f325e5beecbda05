// SPDX-License-Identifier: Apache-2.0
#include "quic/send_queue.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cstring>

namespace meshhost::quic {

namespace {
constexpr std::size_t chunk_bytes_min = 512;
constexpr std::size_t chunk_bytes_max = 64 * 1024;
}  // namespace

std::size_t send_queue::append(bytes_view data, std::size_t limit) {
    std::size_t const room = limit > held_bytes() ? limit - held_bytes() : 0;
    data = data.first(std::min(room, data.size()));
    std::size_t const taken = data.size();
    while (!data.empty()) {
        if (chunks_.empty() || chunks_.back().used == chunks_.back().capacity) {
            std::size_t const size = std::clamp(data.size(), chunk_bytes_min, chunk_bytes_max);
            chunks_.push_back({std::make_unique_for_overwrite<std::uint8_t[]>(size), size, 0});
        }
        chunk& last = chunks_.back();
        std::size_t const n = std::min(data.size(), last.capacity - last.used);
        std::memcpy(last.bytes.get() + last.used, data.data(), n);
        last.used += n;
        data = data.subspan(n);
    }
    end_ += taken;
    return taken;
}

std::size_t send_queue::unsent(std::span<ngtcp2_vec> out) const noexcept {
    std::size_t filled = 0;
    std::uint64_t skip = sent_ - front_;
    for (const chunk& piece : chunks_) {
        if (filled == out.size()) break;
        if (skip >= piece.used) {
            skip -= piece.used;
            continue;
        }
        out[filled++] = {piece.bytes.get() + skip, static_cast<std::size_t>(piece.used - skip)};
        skip = 0;
    }
    return filled;
}

void send_queue::mark_acknowledged(std::size_t bytes) noexcept {
    begin_ += bytes;
    MH_ASSERT(begin_ <= sent_, "only sent bytes can be acknowledged");
    while (!chunks_.empty() && front_ + chunks_.front().used <= begin_) {
        front_ += chunks_.front().used;
        chunks_.pop_front();
    }
}

void send_queue::drop_unsent() noexcept {
    while (end_ > sent_) {
        chunk& last = chunks_.back();
        std::uint64_t const unsent = std::min<std::uint64_t>(end_ - sent_, last.used);
        last.used -= static_cast<std::size_t>(unsent);
        end_ -= unsent;
        if (last.used == 0) chunks_.pop_back();
    }
}

}  // namespace meshhost::quic
