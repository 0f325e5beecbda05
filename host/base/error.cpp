// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <stdexcept>

namespace meshhost {

void throw_exception_from_error(const failure& error, const boost::source_location&) {
    throw std::runtime_error(error.code + ": " + error.message);
}

}  // namespace meshhost
