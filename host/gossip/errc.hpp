// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a user of the service can get wrong beyond proto/errc.hpp.
#include "base/error.hpp"

#include <type_traits>

namespace meshhost::gossip {

enum class errc {
    too_many_subscribers = 1,  ///< of one topic
    stopping,                  ///< the service takes leave of everybody
};

const boost::system::error_category& service_category() noexcept;

inline error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), service_category()};
}

}  // namespace meshhost::gossip

template <>
struct boost::system::is_error_code_enum<meshhost::gossip::errc> : std::true_type {};
