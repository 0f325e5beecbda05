// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a peer can do wrong on the control stream of hole punching. Any of it ends the punching, not
// the connection.
#include "base/error.hpp"

namespace meshhost::nat::proto {

enum class punch_errc {
    malformed = 1,    ///< a frame's content cannot be read, or bytes follow it
    too_large,        ///< a frame announces more than control_payload_max bytes
    unknown_version,  ///< the peer's first frame is no hello, or of version 0
    wrong_direction,  ///< a frame that only the other end may send
};

const boost::system::error_category& punch_category() noexcept;

inline error_code make_error_code(punch_errc value) noexcept {
    return {static_cast<int>(value), punch_category()};
}

}  // namespace meshhost::nat::proto

template <>
struct boost::system::is_error_code_enum<meshhost::nat::proto::punch_errc> : std::true_type {};
