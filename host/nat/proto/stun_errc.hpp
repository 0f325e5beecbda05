// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can be wrong with a datagram that should be a STUN message.
#include "base/error.hpp"

namespace meshhost::nat::proto {

enum class stun_errc {
    not_stun = 1,       ///< no STUN header of the length of the datagram
    malformed,          ///< an attribute that cannot be read, or that runs out of the message
    bad_fingerprint,    ///< FINGERPRINT is there, is not last, or is another
    unexpected,         ///< a request, an indication, or another method than Binding
    unknown_attribute,  ///< one that has to be understood (RFC 8489 §6.3.3)
    no_mapped_address,  ///< a success that does not say what was asked
};

const boost::system::error_category& stun_category() noexcept;

inline error_code make_error_code(stun_errc value) noexcept {
    return {static_cast<int>(value), stun_category()};
}

}  // namespace meshhost::nat::proto

template <>
struct boost::system::is_error_code_enum<meshhost::nat::proto::stun_errc> : std::true_type {};
