// SPDX-License-Identifier: Apache-2.0
#include "plugin/ext/views.hpp"

#include <algorithm>
#include <string>
#include <type_traits>

namespace meshhost::plugin {

mesh_node_id to_abi(const identity::endpoint_id& id) noexcept {
    mesh_node_id out;
    static_assert(sizeof out.b == identity::endpoint_id::size);
    std::copy(id.bytes().begin(), id.bytes().end(), out.b);
    return out;
}

mesh_value to_abi(const peers::proto::digest_value& value) noexcept {
    mesh_value out{};
    out.type = static_cast<std::uint32_t>(value.index());  // in the order of MESH_T_*
    std::visit(
        [&out](const auto& held) {
            using type = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<type, bool>) out.as.b = held ? 1 : 0;
            if constexpr (std::is_same_v<type, std::int64_t>) out.as.i64 = held;
            if constexpr (std::is_same_v<type, std::uint64_t>) out.as.u64 = held;
            if constexpr (std::is_same_v<type, double>) out.as.f64 = held;
            if constexpr (std::is_same_v<type, std::string>)
                out.as.str = to_abi(std::string_view(held));
            if constexpr (std::is_same_v<type, byte_buffer>)
                out.as.bytes = to_abi(bytes_view(held));
        },
        value
    );
    return out;
}

std::optional<peers::proto::digest_value> from_abi(const mesh_value& value) {
    switch (value.type) {
    case MESH_T_NONE:
        return std::monostate{};
    case MESH_T_BOOL:
        if (value.as.b > 1) return std::nullopt;
        return value.as.b == 1;
    case MESH_T_I64:
        return value.as.i64;
    case MESH_T_U64:
        return value.as.u64;
    case MESH_T_F64:
        return value.as.f64;
    case MESH_T_STR:
        return std::string(view(value.as.str));
    case MESH_T_BYTES: {
        const bytes_view bytes = view(value.as.bytes);
        return byte_buffer(bytes.begin(), bytes.end());
    }
    default:
        return std::nullopt;
    }
}

}  // namespace meshhost::plugin
