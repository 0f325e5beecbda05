// SPDX-License-Identifier: Apache-2.0
#pragma once
// Between the ABI's borrowed views and our values. A null pointer is an empty view.
#include <mesh/plugin.h>

#include "base/bytes.hpp"
#include "identity/endpoint_id.hpp"
#include "peers/proto/node_digest.hpp"

#include <optional>
#include <string_view>

namespace meshhost::plugin {

inline std::string_view view(mesh_str text) noexcept {
    return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}

inline bytes_view view(mesh_bytes bytes) noexcept {
    return bytes.ptr == nullptr ? bytes_view() : bytes_view(bytes.ptr, bytes.len);
}

inline mesh_str to_abi(std::string_view text) noexcept {
    return {text.data(), text.size()};
}

inline mesh_bytes to_abi(bytes_view bytes) noexcept {
    return {bytes.data(), bytes.size()};
}

mesh_node_id to_abi(const identity::endpoint_id& id) noexcept;

/// Borrows from `value`.
mesh_value to_abi(const peers::proto::digest_value& value) noexcept;

/// nullopt for an unknown type, or a bool that is neither 0 nor 1.
std::optional<peers::proto::digest_value> from_abi(const mesh_value& value);

}  // namespace meshhost::plugin
