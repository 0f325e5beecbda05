// SPDX-License-Identifier: Apache-2.0
#pragma once
// C++ spellings of the ABI's small values: text and bytes views, typed values, log attributes,
// and the exception that carries a mesh_status to the boundary.
#include <mesh/plugin.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace mesh {

using namespace std::chrono_literals;
using ns = std::chrono::nanoseconds;

inline mesh_str str(std::string_view text) noexcept {
    return {text.data(), text.size()};
}

inline mesh_bytes bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view view(mesh_str text) noexcept {
    return {text.ptr, text.len};
}

inline std::string_view view(mesh_bytes data) noexcept {
    return {reinterpret_cast<const char*>(data.ptr), data.len};
}

/// The MESH_T_* of a C++ type: bool, any integer, any floating point; text for everything else.
template <class T>
constexpr std::uint32_t type_of() noexcept {
    if constexpr (std::is_same_v<T, bool>) {
        return MESH_T_BOOL;
    } else if constexpr (std::is_floating_point_v<T>) {
        return MESH_T_F64;
    } else if constexpr (std::is_integral_v<T>) {
        return std::is_signed_v<T> ? MESH_T_I64 : MESH_T_U64;
    } else {
        return MESH_T_STR;
    }
}

/// A mesh_value made of a bool, a number or a text. Views the text it was made of.
struct value : mesh_value {
    template <class T>
    value(const T& from) noexcept  // NOLINT(google-explicit-constructor): `log("x", {{"n", 7}})`
        : mesh_value{} {
        type = type_of<T>();
        if constexpr (type_of<T>() == MESH_T_BOOL) {
            as.b = from ? 1 : 0;
        } else if constexpr (type_of<T>() == MESH_T_F64) {
            as.f64 = static_cast<double>(from);
        } else if constexpr (type_of<T>() == MESH_T_I64) {
            as.i64 = from;
        } else if constexpr (type_of<T>() == MESH_T_U64) {
            as.u64 = from;
        } else {
            as.str = str(std::string_view(from));
        }
    }
};

struct attr : mesh_attr {
    attr(std::string_view name, mesh::value of) noexcept
        : mesh_attr{str(name), of} {}
};
using attrs = std::initializer_list<attr>;

/// A failed host call, or a plugin's own failure on its way to the host.
class error : public std::exception {
public:
    error(mesh_status code, std::string message)
        : code_(code)
        , message_(std::move(message)) {}

    mesh_status code() const noexcept { return code_; }
    const char* what() const noexcept override { return message_.c_str(); }

private:
    mesh_status code_;
    std::string message_;
};

/// One key of a role's configuration schema, below [plugin.<instance>.config].
/// `fallback` is a TOML literal, `rule` "1..65535", "oneof:a|b|c" or "len:1..64".
template <class T>
constexpr mesh_config_key option(
    const char* path,
    const char* fallback,
    const char* rule,
    const char* doc,
    std::uint32_t flags = 0
) noexcept {
    return {sizeof(mesh_config_key), type_of<T>(), flags, 0, path, fallback, rule, doc};
}

/// 64 lower-case hex digits, as everywhere else in the mesh.
inline std::string to_hex(const mesh_node_id& id) {
    std::string text;
    for (const std::uint8_t byte : id.b) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

/// f(std::string_view) for each of a peer's comma-separated roles.
template <class F>
void for_each_role(const mesh_peer& peer, F&& f) {
    std::string_view rest = view(peer.roles);
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        f(rest.substr(0, comma));
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
}

inline bool has_role(const mesh_peer& peer, std::string_view role) {
    bool found = false;
    for_each_role(peer, [&](std::string_view each) { found = found || each == role; });
    return found;
}

}  // namespace mesh
