// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a request went, as its answer says: 0, a code of the answering role's, or one of these for
// which no role was asked. On the wire, settled; the numbers are those of the plugin ABI.
#include <cstdint>

namespace meshhost::message {

enum class status : std::int32_t {
    ok = 0,
    denied = -6,     ///< the other host does not count this one as a member of its mesh
    again = -8,      ///< too much is under way, here or there
    not_found = -9,  ///< nobody serves the port
    timeout = -11,
    closed = -12,  ///< cancelled, or the role that was asked has stopped
    io = -15,      ///< the host cannot be reached, or was lost
};

inline constexpr std::int32_t to_wire(status code) noexcept {
    return static_cast<std::int32_t>(code);
}

/// Why a connection or a stream of `mesh/message/1` is ended: on the wire, settled.
enum class close_code : std::uint64_t {
    done = 0,
    not_admitted = 1,  ///< no member of the mesh, as far as is known there
    too_many = 2,
    bad_frame = 3,
    timeout = 4,
    cancelled = 5,  ///< by who asked
};

inline constexpr std::uint64_t to_wire(close_code code) noexcept {
    return static_cast<std::uint64_t>(code);
}

}  // namespace meshhost::message
