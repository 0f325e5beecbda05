// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.identity/1 in C++: what the node signs for a role is good for the context that it named, and
// for nothing else.
#include <mesh/role.hpp>

#include <string_view>

namespace mesh {

inline role::signature role::sign(std::string_view context, std::string_view message) const {
    signature made{};
    const auto status =
        need<mesh_identity_v1>().sign(host_, str(context), bytes(message), made.data());
    check(status, "sign");
    return made;
}

inline bool role::verify(
    mesh_node_id by,
    std::string_view context,
    std::string_view message,
    const signature& given
) const {
    const auto& table = need<mesh_identity_v1>();
    return table.verify(host_, by, str(context), bytes(message), given.data()) == MESH_OK;
}

}  // namespace mesh
