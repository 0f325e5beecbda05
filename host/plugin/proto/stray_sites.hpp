// SPDX-License-Identifier: Apache-2.0
#pragma once
// Places in a plugin's code that have called off the strand, so that each is told of once. A
// machine: the caller locks.
#include "plugin/proto/limits.hpp"

#include <cstdint>
#include <set>

namespace meshhost::plugin::proto {

class stray_sites {
public:
    /// False: told of already, or there are so many that one more says nothing new.
    bool is_news(std::uintptr_t site) {
        if (sites_.size() >= stray_sites_max) return false;
        return sites_.insert(site).second;
    }

private:
    std::set<std::uintptr_t> sites_;
};

}  // namespace meshhost::plugin::proto
