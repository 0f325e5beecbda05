// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whom we told lately that it takes us for a neighbour and we are none. Once in a while is enough:
// what it sent before it heard is still on its way.
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"

#include <algorithm>
#include <vector>

namespace meshhost::gossip::proto {

class correction_log {
public:
    static constexpr std::size_t size_max = 32;  ///< peers; more wait for their answer

    explicit correction_log(duration gap) noexcept
        : gap_(gap) {}

    /// Whether to tell the peer now. True: it counts as told.
    bool take(const identity::endpoint_id& peer, time_point now) {
        std::erase_if(told_, [&](const entry& one) { return now - one.at >= gap_; });
        const auto is_told =
            std::any_of(told_.begin(), told_.end(), [&](const entry& e) { return e.peer == peer; });
        if (is_told || told_.size() >= size_max) return false;
        told_.push_back({peer, now});
        return true;
    }

private:
    struct entry {
        identity::endpoint_id peer;
        time_point at;
    };

    duration gap_;
    std::vector<entry> told_;
};

}  // namespace meshhost::gossip::proto
