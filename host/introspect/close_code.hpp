// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why a connection or a stream of `mesh/introspect/1` is ended: on the wire, settled.
#include <cstdint>

namespace meshhost::introspect {

enum class close_code : std::uint64_t {
    done = 0,
    not_admitted = 1,  ///< the asker is no member of the mesh, as far as the asked host knows
    too_many = 2,
    bad_question = 3,
    timeout = 4,
    cancelled = 5,  ///< by the asker, who wants no more
};

inline constexpr std::uint64_t to_wire(close_code code) noexcept {
    return static_cast<std::uint64_t>(code);
}

}  // namespace meshhost::introspect
