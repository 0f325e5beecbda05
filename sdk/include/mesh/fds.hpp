// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.fd/1 in C++: descriptors of the plugin's own in the wait of its strand. A role has one
// `descriptors` as a member.
#include <mesh/plugin.h>
#include <mesh/role.hpp>

#include <functional>
#include <utility>

namespace mesh {

class descriptors {
public:
    explicit descriptors(role& owner) noexcept
        : owner_(owner) {}

    /// `f` gets MESH_FD_*, at every turn until it is dealt with; MESH_FD_ERROR once. The descriptor
    /// stays the plugin's: end the watch before closing it.
    [[nodiscard]] scoped watch(
        int fd,
        std::uint32_t interest,
        std::function<void(std::uint32_t ready)> f
    ) {
        return owner_.add<mesh_fd_v1>(
            [f = std::move(f)](const mesh_event& event) {
                f(reinterpret_cast<const mesh_ev_fd&>(event).ready);
            },
            &mesh_fd_v1::unwatch,
            "watch",
            [&](const auto& table, auto tag, auto* out) {
                return table.watch(owner_.host(), fd, interest, tag, out);
            }
        );
    }
    /// 0: it rests.
    void modify(const scoped& watch, std::uint32_t interest) {
        const auto status =
            owner_.need<mesh_fd_v1>().modify(owner_.host(), watch.handle(), interest);
        owner_.check(status, "modify");
    }

private:
    role& owner_;
};

}  // namespace mesh
