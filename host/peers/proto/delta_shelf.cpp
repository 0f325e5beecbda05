// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/delta_shelf.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::peers::proto {

void delta_shelf::put(const digest_delta& delta, bytes_view content) {
    const auto same = std::find_if(waiting_.begin(), waiting_.end(), [&delta](const waiting& one) {
        return one.origin == delta.origin;
    });
    if (same != waiting_.end()) {
        if (delta.version <= same->version) return;
        waiting_.erase(same);
    }
    if (most_ == 0) return;
    if (waiting_.size() >= most_) waiting_.erase(waiting_.begin());
    waiting_.push_back({delta.origin, delta.version, byte_buffer(content.begin(), content.end())});
}

std::optional<byte_buffer> delta_shelf::take(const identity::endpoint_id& origin) {
    const auto found =
        std::find_if(waiting_.begin(), waiting_.end(), [&origin](const waiting& one) {
            return one.origin == origin;
        });
    if (found == waiting_.end()) return std::nullopt;
    byte_buffer content = std::move(found->content);
    waiting_.erase(found);
    return content;
}

bool delta_shelf::wants_another_round(int most_rounds) {
    std::erase_if(waiting_, [most_rounds](waiting& one) { return ++one.rounds > most_rounds; });
    return !waiting_.empty();
}

}  // namespace meshhost::peers::proto
