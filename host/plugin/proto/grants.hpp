// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the operator lets an instance do in the mesh: "alpn:mesh-compute/1", "gossip:pub:jobs/#",
// "identity:sign". In a grant `#` at the end stands for any rest, `*` for one part between slashes;
// a size in "state:64MiB" covers the smaller ones.
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin::proto {

class grants {
public:
    grants() = default;
    explicit grants(std::vector<std::string> granted)
        : granted_(std::move(granted)) {}

    /// `permission` is concrete ("gossip:pub:jobs/new"), or a pattern itself: then all that it
    /// stands for is granted, as far as one grant covers it.
    bool allows(std::string_view permission) const noexcept;

    const std::vector<std::string>& granted() const noexcept { return granted_; }

private:
    std::vector<std::string> granted_;
};

}  // namespace meshhost::plugin::proto
