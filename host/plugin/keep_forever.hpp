// SPDX-License-Identifier: Apache-2.0
#pragma once
// For what foreign code may still touch after we are done with it: loaded objects, whose threads
// and exit handlers nobody knows, and the tables that were handed to them.
#include <memory>
#include <utility>
#include <vector>

namespace meshhost::plugin {

/// Owns `what` until the process ends and never destroys it. Bounded by how many plugins are
/// loaded. The shard's thread.
template <class Owner>
auto& keep_forever(Owner what) {
    static auto* const kept = new std::vector<Owner>;
    return *kept->emplace_back(std::move(what));
}

}  // namespace meshhost::plugin
