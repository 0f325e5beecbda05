// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the host does for one instance, and all that it holds there for it: the other end of the
// tables. Lives as long as the role does: longer than one generation of its code, or one process.
#include "plugin/services/mesh_services.hpp"

#include <string>
#include <utility>
#include <variant>

namespace meshhost::plugin {

/// One thread: the shard's. `mesh` and `to` outlive it. Destroying it ends all that is held.
class instance_services {
public:
    instance_services(net::shard& shard, const mesh_services& mesh, downlink& to)
        : shard_(shard)
        , mesh_(mesh)
        , to_(to) {}
    instance_services(const instance_services&) = delete;
    instance_services& operator=(const instance_services&) = delete;

    /// What is no service's is nobody's: the manager took it before.
    void take(proto::up_message message) {
        std::visit([this](auto& said) { pass(std::move(said)); }, message);
    }

    /// What the role says of itself; the last word.
    const proto::up::health_said& health() const noexcept { return health_; }

private:
    template <class Message>
    void pass(Message&&) {}
    void pass(proto::up::health_said&& said) { health_ = std::move(said); }

    net::shard& shard_;
    const mesh_services& mesh_;
    downlink& to_;
    proto::up::health_said health_;
};

}  // namespace meshhost::plugin
