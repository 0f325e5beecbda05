// SPDX-License-Identifier: Apache-2.0
#pragma once
// For what foreign code may still touch after we are done with it: loaded objects, whose threads
// and exit handlers nobody knows, and the tables that were handed to them.
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace meshhost::plugin {

/// Owns `what` until the process ends and never destroys it. Bounded by how many plugins are
/// loaded. Any thread.
template <class Owner>
auto& keep_forever(Owner what) {
    static auto* const kept = new std::vector<Owner>;
    static auto* const mutex = new std::mutex;
    const std::lock_guard lock(*mutex);
    return *kept->emplace_back(std::move(what));
}

}  // namespace meshhost::plugin
