// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a role is, in its own words: in `meshctl plugin list`, and in the digest while it is not
// well.
//   mesh::health health{*this};
//   ...  health.degraded("no upstream answers");  ...  health.ok();
#include <mesh/role.hpp>

#include <string_view>

namespace mesh {

/// A member of its role. Any thread. Nothing happens on a host that does not want to know.
class health {
public:
    explicit health(role& owner)
        : owner_(owner) {}
    health(const health&) = delete;
    health& operator=(const health&) = delete;

    void ok() noexcept { set(MESH_HEALTH_OK, {}); }
    /// It works, and not as it should.
    void degraded(std::string_view why) noexcept { set(MESH_HEALTH_DEGRADED, why); }
    /// It does not do what it is there for.
    void unhealthy(std::string_view why) noexcept { set(MESH_HEALTH_UNHEALTHY, why); }

private:
    void set(std::uint32_t how, std::string_view why) noexcept {
        const auto* table = owner_.have<mesh_health_v1>();
        if (table != nullptr) table->set(owner_.host_, how, str(why));
    }

    role& owner_;
};

}  // namespace mesh
