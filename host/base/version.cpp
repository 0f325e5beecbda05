// SPDX-License-Identifier: Apache-2.0
#include "base/version.hpp"

namespace meshhost {

const char* version() noexcept {
    return MESHHOST_VERSION;
}

}  // namespace meshhost
