// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can be wrong with the bytes of a relay or of its client.
#include "base/error.hpp"

#include <type_traits>

namespace meshhost::relay::proto {

enum class errc {
    malformed = 1,     ///< shorter than its type needs, or not of the form that it has
    frame_too_large,   ///< more than frame_payload_max
    unknown_type,      ///< no such frame, or not in this version
    unexpected_frame,  ///< not from this side, or not now
    bad_endpoint_id,   ///< 32 bytes that are no Ed25519 public key
    bad_signature,     ///< the challenge is not signed by the key that it names
    denied,            ///< the relay does not serve this key
    not_websocket,     ///< bytes that are no frames of RFC 6455
};

const boost::system::error_category& relay_category() noexcept;

inline error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), relay_category()};
}

}  // namespace meshhost::relay::proto

template <>
struct boost::system::is_error_code_enum<meshhost::relay::proto::errc> : std::true_type {};
